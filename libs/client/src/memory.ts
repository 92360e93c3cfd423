// Memory: what was kept, where it is known from, and why a search found it.
import type { Page } from './goal.ts';

export const memoryScopeKinds = ['user', 'agent', 'team', 'project', 'tenant'] as const;

/** `working`: of a session under way; `episodic`: what happened; `semantic`: what holds; `procedural`: what worked. */
export const memoryKinds = ['working', 'episodic', 'semantic', 'procedural'] as const;
export type MemoryKind = (typeof memoryKinds)[number];

export const memorySensitivities = ['normal', 'personal', 'secret'] as const;
export type MemorySensitivity = (typeof memorySensitivities)[number];

export const memoryRetentions = ['session', 'days-30', 'year', 'forever'] as const;
export type MemoryRetention = (typeof memoryRetentions)[number];

export const memoryStates = ['active', 'quarantined'] as const;
export type MemoryState = (typeof memoryStates)[number];

export const speakerRoles = ['person', 'assistant', 'tool'] as const;
export type SpeakerRole = (typeof speakerRoles)[number];

/** What is claimed: a later claim about the same subject and attribute ends it. */
export interface MemoryClaim {
  readonly subject: string;
  readonly attribute: string;
  readonly value: string;
}

export interface Memory {
  readonly memoryId: string;
  /** As in `user/ann`: kind and id. */
  readonly scope: string;
  readonly kind: MemoryKind;
  readonly state: MemoryState;
  /** Why it is in quarantine. */
  readonly stateReason?: string;
  readonly text: string;
  readonly claim?: MemoryClaim;
  /** A conversation, a goal or a document. */
  readonly sessionId?: string;
  readonly speaker: string;
  readonly role: SpeakerRole;
  /** From when to when it is true. */
  readonly validFrom: number;
  readonly validTo?: number;
  /** From when to when it was held for true. */
  readonly recordedAt: number;
  readonly retractedAt?: number;
  /** Ids of the episodes it comes from. */
  readonly provenance: readonly string[];
  readonly recordedBy: string;
  /** The memory it replaced. */
  readonly supersedes?: string;
  readonly confidence: number;
  readonly importance: number;
  readonly sensitivity: MemorySensitivity;
  readonly expiresAt?: number;
  readonly pinned: boolean;
  readonly legalHold: boolean;
  readonly lastUsedAt?: number;
  readonly uses: number;
}

/** What was said or done, word for word. */
export interface Episode {
  readonly episodeId: string;
  readonly scope: string;
  /** The goal's id where an agent's work is told. */
  readonly sessionId: string;
  readonly speaker: string;
  readonly role: SpeakerRole;
  readonly text: string;
  readonly occurredAt: number;
  readonly recordedAt: number;
}

export interface MemoryDetails extends Memory {
  readonly episodes: readonly Episode[];
  /** How its end in time came to be, oldest first. */
  readonly ends: readonly { readonly recordedAt: number; readonly validTo?: number }[];
  /** The memories it replaced, one after another, the latest first. */
  readonly replaced: readonly Memory[];
  readonly replacedBy?: Memory;
}

export interface FoundMemory {
  readonly memory: Memory;
  readonly score: number;
  /** `words` and `date` are added; the sum is multiplied by the rest. */
  readonly parts: {
    readonly words: number;
    readonly date: number;
    readonly speaker: number;
    readonly role: number;
    readonly telling: number;
    readonly decay: number;
    readonly importance: number;
    readonly meaning: number;
  };
  /** A standing instruction that bears on the question. */
  readonly lifted: boolean;
  readonly matched: readonly string[];
  /** The parts in sentences. */
  readonly why: readonly string[];
}

export interface MemorySearch {
  readonly items: readonly FoundMemory[];
  readonly scopes: readonly string[];
}

export interface MemorySearchRequest {
  readonly text: string;
  /** None: all that the caller may look in, 50 at most. */
  readonly scopes?: readonly string[];
  readonly kinds?: readonly MemoryKind[];
  readonly subject?: string;
  /** What held then. */
  readonly validAt?: string | number;
  /** What was known then. */
  readonly knownAt?: string | number;
  readonly sensitivity?: MemorySensitivity;
  readonly limit?: number;
}

export interface MemoryFilter {
  readonly scopes?: readonly string[];
  readonly state?: MemoryState;
  readonly kind?: MemoryKind;
  readonly session?: string;
  /** Only what is claimed about it: its timeline. */
  readonly subject?: string;
  readonly limit?: number;
  readonly after?: string;
}

export interface MemoryRequest {
  readonly text: string;
  /** Default: the caller's own. */
  readonly scope?: string;
  readonly kind?: MemoryKind;
  readonly claim?: MemoryClaim;
  readonly importance?: number;
  readonly sensitivity?: MemorySensitivity;
  readonly retention?: MemoryRetention;
  readonly pinned?: boolean;
  readonly validFrom?: string | number;
  readonly validTo?: string | number;
}

export interface AddedMemory {
  readonly memory: Memory;
  /** It was there already. */
  readonly known: boolean;
  /** Memories that it ended. */
  readonly superseded: readonly string[];
}

export interface EpisodeRequest {
  /** The same id again: kept once. */
  readonly episodeId?: string;
  readonly scope?: string;
  readonly sessionId: string;
  readonly speaker?: string;
  readonly role?: SpeakerRole;
  readonly text: string;
  readonly occurredAt?: string | number;
}

export const episodeOutcomes = ['remembered', 'quarantined', 'duplicate', 'echo', 'noise', 'capped'] as const;

export interface EpisodeOutcome {
  readonly episodeId: string;
  readonly outcome: (typeof episodeOutcomes)[number];
  readonly reason?: string;
  readonly memories: readonly string[];
}

export interface MemoryMarks {
  readonly pinned?: boolean;
  readonly importance?: number;
  readonly sensitivity?: MemorySensitivity;
  readonly legalHold?: boolean;
}

/** Memories by id, or everything of a scope, or of it what is of a session, said by a speaker or claimed about a subject. */
export interface ForgetRequest {
  readonly memoryIds?: readonly string[];
  readonly scope?: string;
  readonly session?: string;
  readonly speaker?: string;
  readonly subject?: string;
  /** Words that must be nowhere afterwards. */
  readonly canaries?: readonly string[];
  /** Only says what would go. */
  readonly dryRun?: boolean;
}

export interface Forgotten {
  readonly dryRun: boolean;
  readonly memories: number;
  readonly episodes: number;
  /** Under legal hold: still there. */
  readonly held: number;
  readonly receipts: readonly MemoryReceipt[];
  /** On a dry run the first of those that would go. */
  readonly sample: readonly Memory[];
}

export interface MemoryReceipt {
  readonly receiptId: string;
  readonly scope: string;
  readonly requestedBy: string;
  readonly erasedAt: number;
  readonly memories: number;
  readonly episodes: number;
  readonly held: number;
  /** How many words and ids were looked for afterwards, and in how many rows they were found. */
  readonly canaries?: number;
  readonly traces?: number;
  /** Signed with the keys of the audit log. */
  readonly note?: string;
}

/** Of a session, kept with what it was made of. */
export interface MemorySummary {
  readonly memory: Memory;
  /** `extract`: sentences of the session itself. */
  readonly by: 'extract' | 'model';
  readonly turns: number;
}

export interface MemoryStats {
  readonly active: number;
  readonly quarantined: number;
  readonly retracted: number;
  readonly episodes: number;
  /** The fullest first. */
  readonly scopes: readonly { readonly scope: string; readonly memories: number }[];
}

/** One line of an export; the last is the manifest, which counts and hashes the lines before it. */
export type ExportedLine = { readonly row: 'episode' | 'memory' | 'manifest'; readonly [field: string]: unknown };

export type MemoryPage = Page<Memory>;
