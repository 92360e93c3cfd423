export { makeKeyText, openKeyFile, readKeyText } from './key-encryption-keys.ts';
export { makeNoteKey, makeNoteSigner, openNoteSigner, readNoteSigner, verifySignature } from './note-keys.ts';
export { createPasswordHasher } from './password-hasher.ts';
export { readOrMakeSecretFile } from './secret-file.ts';
export { secretCipher } from './secret-cipher.ts';
export { randomBytes, sha256 } from './sha256.ts';
