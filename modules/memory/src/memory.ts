// What is remembered: episodes, word for word, and the memories that are made of them. Pure data.
//
// Invariants: ME-a an episode never changes; it is erased or it is as it was recorded.
//             ME-b every memory names the episodes it comes from, or the person who wrote it down.
//             ME-c two axes of time: from when to when it is true (`validFrom`, `validTo`), and from when to when the
//                  store held it for true (`recordedAt`, `retractedAt`). Both can be asked for as of a moment.

import type { Id, TenantId } from '@chorale/lib-ids';

export type EpisodeId = Id<'episode'>;
export type MemoryId = Id<'memory'>;

export const scopeKinds = ['user', 'agent', 'team', 'project', 'tenant'] as const;

/** Whose memory it is: who is not asked for in this scope does not find it. */
export interface MemoryScope {
  readonly kind: (typeof scopeKinds)[number];
  /** The user's, agent's, team's or project's name; the tenant's id for `tenant`. */
  readonly id: string;
}

/**
 * `working`: of a session under way, gone when it ends; `episodic`: what happened or was said; `semantic`: what holds, as in
 * "the branch to deploy is main"; `procedural`: what worked for which kind of task.
 */
export const memoryKinds = ['working', 'episodic', 'semantic', 'procedural'] as const;
export type MemoryKind = (typeof memoryKinds)[number];

/** `person`: somebody the memory is about or for; `assistant`: a model's words; `tool`: what a program put out. */
export const speakerRoles = ['person', 'assistant', 'tool'] as const;
export type SpeakerRole = (typeof speakerRoles)[number];

/** `personal`: about a living person; `secret`: never put before a model that is not the tenant's own. */
export const sensitivities = ['normal', 'personal', 'secret'] as const;
export type Sensitivity = (typeof sensitivities)[number];

/** How long it is kept at most; `forever` ends only by being erased. */
export const retentionClasses = ['session', 'days-30', 'year', 'forever'] as const;
export type RetentionClass = (typeof retentionClasses)[number];

/** Something said or done, word for word, as it came in. */
export interface Episode {
  readonly tenantId: TenantId;
  readonly episodeId: EpisodeId;
  readonly scope: MemoryScope;
  /** A conversation, a task or a document; its episodes are neighbours in the order they were recorded. */
  readonly sessionId: string;
  readonly speaker: string;
  readonly role: SpeakerRole;
  readonly text: string;
  /** When it was said. */
  readonly occurredAt: number;
  readonly recordedAt: number;
}

/** Where a memory stands: the turns of one session are numbered in their order. */
export interface MemoryPlace {
  /** The number of the session in its tenant. */
  readonly session: number;
  readonly position: number;
}

/** What is no turn of a session stands alone, under a number of its own and at this position. */
export const notePosition = 900_000;

/** What is claimed, so that a later claim about the same is known to replace it. */
export interface Claim {
  /** Who or what it is about, as in `ann`. */
  readonly subject: string;
  /** As in `lives in`. */
  readonly attribute: string;
  readonly value: string;
}

/** Since `recordedAt` the store holds that it was true until `validTo`; undefined: without an end. */
export interface ValidityEnd {
  readonly recordedAt: number;
  readonly validTo: number | undefined;
}

/** `quarantined`: kept and not found, until somebody admits or rejects it. */
export type MemoryState = 'active' | 'quarantined';

export interface Memory {
  readonly tenantId: TenantId;
  readonly memoryId: MemoryId;
  readonly scope: MemoryScope;
  readonly kind: MemoryKind;
  readonly state: MemoryState;
  /** Why it is in quarantine. */
  readonly stateReason: string | undefined;
  readonly body: string;
  readonly claim: Claim | undefined;
  readonly sessionId: string;
  readonly place: MemoryPlace;
  readonly speaker: string;
  readonly role: SpeakerRole;
  readonly validFrom: number;
  readonly validTo: number | undefined;
  /** How `validTo` came to be, oldest first; empty while it was never changed. */
  readonly ends: readonly ValidityEnd[];
  readonly recordedAt: number;
  readonly retractedAt: number | undefined;
  /** The episodes it comes from; empty when a person wrote it down. */
  readonly provenance: readonly EpisodeId[];
  /** Who wrote it: a person's name, or `extraction`. */
  readonly recordedBy: string;
  readonly supersedes: MemoryId | undefined;
  /** From 0 to 1. */
  readonly confidence: number;
  /** From 0 to 1; 0.5 unless somebody said more. */
  readonly importance: number;
  readonly sensitivity: Sensitivity;
  readonly retention: RetentionClass;
  /** Deleted by the sweeper after this; undefined: never. */
  readonly expiresAt: number | undefined;
  /** Neither ranked down with age nor deleted by the sweeper. */
  readonly pinned: boolean;
  /** May not be erased by anybody until it is lifted. */
  readonly legalHold: boolean;
  readonly lastUsedAt: number | undefined;
  readonly uses: number;
}

/** As in `user/ann`: the scope in one word, as rows and indexes have it. */
export function scopeKey({ kind, id }: MemoryScope): string {
  return `${kind}/${id}`;
}
