// What a call does to the world besides giving an answer.

/** From harmless to worst. What leaves this installation, or cannot be taken back, is worse than what stays in a workspace. */
export type ToolEffects = 'reads' | 'writes-workspace' | 'exfiltrates' | 'irreversible';

/** Of one call, with its arguments and under its grant. */
export interface CallEffects {
  readonly effects: ToolEffects;
  /** Every text that leaves this installation with the call; undefined: anything may. */
  readonly sends: readonly string[] | undefined;
}

/** What is assumed of a tool that does not say. */
export const worstEffects: CallEffects = { effects: 'irreversible', sends: undefined };

/**
 * Who can have written what a tool gives. `echo`: only what the call itself did. `public`: anybody, and anybody may read it.
 * `private`: anybody, and it may hold what others must not learn.
 */
export type OutputOrigin = 'echo' | 'public' | 'private';
