// How long anything may take that is asked of the database.
import { z } from 'zod';

const seconds = (value: number, about: string) => z.number().min(0.1).max(3_600).default(value).describe(about);

export const databaseTimeoutsSchema = z.strictObject({
  statementSeconds: seconds(30, 'A statement in PostgreSQL that takes longer is ended'),
  lockSeconds: seconds(10, 'How long a statement waits for another transaction'),
  idleSeconds: seconds(30, 'A transaction in which nothing is asked for so long is ended'),
  replicaLagSeconds: seconds(1, 'What lists and explanations show may be this old, where there are replicas'),
  connectSeconds: seconds(10, 'How long a connection may take, and how long a server that takes writes is looked for'),
});
