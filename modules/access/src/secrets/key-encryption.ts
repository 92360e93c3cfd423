// The ports to what can encrypt: a cipher of the process, and the keys that wrap data keys, which may be far away.

/** AES-256-GCM with a fresh nonce for each sealing. What is bound is not hidden, and must be the same to open. */
export interface SecretCipher {
  seal(key: Uint8Array, plain: Uint8Array, bound: Uint8Array): Uint8Array;
  /** Undefined where anything of it is not as it was sealed. */
  open(key: Uint8Array, sealed: Uint8Array, bound: Uint8Array): Uint8Array | undefined;
}

export interface WrappedKey {
  /** Names the key-encryption key. */
  readonly wrappedBy: string;
  readonly wrapped: Uint8Array;
}

/** A file, an environment variable or a key management service. Old keys open, the current one wraps. */
export interface KeyEncryptionKeys {
  /** Names the key that wraps now. */
  current(): Promise<string>;
  wrap(dataKey: Uint8Array, bound: Uint8Array): Promise<WrappedKey>;
  /** Undefined where it has no such key, or it was not wrapped with it so. */
  unwrap(key: WrappedKey, bound: Uint8Array): Promise<Uint8Array | undefined>;
}
