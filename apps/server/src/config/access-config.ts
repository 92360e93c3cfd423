// Who may come in, and for how long.
import { z } from 'zod';

const role = z.string().regex(/^[a-z][a-z0-9-]{0,63}$/, 'must be the name of a role, as in developer');

export const accessConfigSchema = z.strictObject({
  sessionIdleHours: z
    .number()
    .positive()
    .default(72)
    .describe('A session of the page ends when it was not used so long'),
  sessionDays: z.number().positive().default(30).describe('A session of the page ends so long after the login'),
  groupRoles: z
    .record(z.string(), z.array(role))
    .default({})
    .describe('Roles that groups of a directory or a login provider give, by the name of the group'),
});
