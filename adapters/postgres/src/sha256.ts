// The engine of audit logs runs inside the store's transaction, and where that is a thread of its own, no function can be
// handed to it: the store brings its own.
import { hash } from 'node:crypto';
import type { Sha256 } from '@chorale/module-access';

export const sha256: Sha256 = (data) => hash('sha256', data, 'buffer');
