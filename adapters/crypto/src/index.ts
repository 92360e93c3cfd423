export { makeNoteSigner, openNoteSigner, verifySignature } from './note-keys.ts';
export { readOrMakeSecretFile, readSecretFile } from './secret-file.ts';
export { randomBytes, sha256 } from './sha256.ts';
