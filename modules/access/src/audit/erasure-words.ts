// Acts that whoever verifies a log looks for: the two that say why a value is gone, and that of the keys.
export const eraseWhat = 'values.erase';
export const expireWhat = 'values.expire';
/** An entry whose detail `statement` is a note, in base 64, that says which keys sign from then on. */
export const keysRotateWhat = 'audit.keys-rotate';
