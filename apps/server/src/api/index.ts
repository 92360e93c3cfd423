export { systemCaller, type AccessServices } from './caller.ts';
export { createApi } from './create-api.ts';
export type { ApiLogEntry, ApiServices, DoctorCheck } from './services.ts';
export { submitGoal } from './submit-goal.ts';
