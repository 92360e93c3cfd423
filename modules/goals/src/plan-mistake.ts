// A mistake in a plan. Plans come from people, files and models, so all of them are named at once, each with its place.

export type PlanMistakeCode =
  | 'plan-empty'
  | 'plan-too-large'
  | 'plan-cyclic'
  | 'key-invalid'
  | 'key-duplicate'
  | 'name-invalid'
  | 'need-unknown'
  | 'need-repeated'
  | 'join-single'
  | 'field-missing'
  | 'field-misplaced'
  | 'value-invalid'
  | 'compensation-unknown'
  | 'compensation-unmarked'
  | 'compensation-needed'
  | 'compensation-unused'
  | 'expression-invalid'
  | 'task-unknown'
  | 'task-not-needed'
  | 'input-unknown'
  | 'input-missing'
  | 'item-outside-for-each'
  | 'workflow-missing'
  | 'workflow-recursive'
  | 'workflow-too-deep';

export type PlanPath = readonly (string | number)[];

export interface PlanMistake {
  /** Where it is in the definition: `['tasks', 3, 'needs', 0]`. */
  readonly path: PlanPath;
  readonly code: PlanMistakeCode;
  readonly message: string;
  /** Where in the text at `path` an expression is wrong, counted in characters from 0. */
  readonly offset?: number;
}

/** A path, or a place in the text at a path. */
export type MistakePlace = PlanPath | { readonly path: PlanPath; readonly offset: number };

export type Report = (at: MistakePlace, code: PlanMistakeCode, message: string) => void;

/** A plan with more is not read to its end: nobody mends a thousand mistakes from one list. */
export const mistakesMax = 1000;
