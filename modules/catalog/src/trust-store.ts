// A port: remembers which projects' own agents, skills and workflows a person has agreed to run.

/** Trust binds to content: when any file under the project's `.agents` changes, the hash changes and trust is asked anew. */
export interface ProjectContent {
  /** Absolute, resolved path of the project. */
  readonly path: string;
  /** SHA-256 in hex over everything that would be loaded from the project. */
  readonly contentHash: string;
}

export interface TrustStore {
  isTrusted(project: ProjectContent): Promise<boolean>;
  /** Replaces what was trusted for the same path. Durable when the promise resolves. */
  trust(project: ProjectContent): Promise<void>;
  /** Forgets the path; unknown paths are no error. */
  revoke(path: string): Promise<void>;
  /** Sorted by path. */
  list(): Promise<readonly ProjectContent[]>;
}
