// What a plan may be at most, and how the names in it are written.

export const planLimits = {
  tasksMax: 10_000,
  needsPerTaskMax: 1000,
  edgesMax: 200_000,
  /** Sub-workflows inside sub-workflows. */
  depthMax: 8,
  /** Tasks of a plan and of all its sub-workflows. */
  tasksInAllMax: 50_000,
  inputsMax: 200,
  outputsMax: 200,
  titleLengthMax: 300,
  labelsMax: 32,
  itemsAtOnceMax: 1000,
  retriesMax: 100,
  factorMax: 100,
} as const;

export const taskKeyPattern = '^[A-Za-z_][A-Za-z0-9_-]{0,99}$';
/** Queues, agents, skills, tools and workflows: they become parts of lane names, so no slash and no comma. */
export const namePattern = '^[A-Za-z0-9][A-Za-z0-9._:@-]{0,99}$';
export const labelPattern = '^[A-Za-z0-9][A-Za-z0-9._:=@-]{0,99}$';
export const inputNamePattern = '^[A-Za-z_][A-Za-z0-9_-]{0,99}$';
