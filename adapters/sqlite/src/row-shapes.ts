import {
  approvalTable,
  artifactTable,
  attemptTable,
  eventPageTable,
  goalTable,
  planVersionTable,
  scheduleTable,
  stepTable,
  taskTable,
  workerTable,
} from '@chorale/module-goals';
import {
  answerTable,
  budgetTable,
  callTable,
  factTable,
  keyTable,
  learnedTable,
  outcomeTable,
  reservationTable,
} from '@chorale/module-models';
import { RowShape } from './row-shape.ts';

export const goalShape = new RowShape(goalTable);
export const taskShape = new RowShape(taskTable);
export const planVersionShape = new RowShape(planVersionTable);
export const attemptShape = new RowShape(attemptTable);
export const stepShape = new RowShape(stepTable);
export const eventPageShape = new RowShape(eventPageTable);
export const approvalShape = new RowShape(approvalTable);
export const artifactShape = new RowShape(artifactTable);
export const scheduleShape = new RowShape(scheduleTable);
export const workerShape = new RowShape(workerTable);

export const budgetShape = new RowShape(budgetTable);
export const reservationShape = new RowShape(reservationTable);
export const keyShape = new RowShape(keyTable);
export const callShape = new RowShape(callTable);
export const factShape = new RowShape(factTable);
export const outcomeShape = new RowShape(outcomeTable);
export const learnedShape = new RowShape(learnedTable);
export const answerShape = new RowShape(answerTable);
