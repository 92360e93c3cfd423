import {
  auditCheckpointTable,
  auditEntryTable,
  auditLogTable,
  auditNodeTable,
  auditValueTable,
  dataKeyTable,
  identityTable,
  secretTable,
} from '@chorale/module-access';
import { RowShape } from './row-shape.ts';

export const auditLogShape = new RowShape(auditLogTable);
export const auditEntryShape = new RowShape(auditEntryTable);
export const auditNodeShape = new RowShape(auditNodeTable);
export const auditValueShape = new RowShape(auditValueTable);
export const auditCheckpointShape = new RowShape(auditCheckpointTable);
export const dataKeyShape = new RowShape(dataKeyTable);
export const identityShape = new RowShape(identityTable);
export const secretShape = new RowShape(secretTable);
