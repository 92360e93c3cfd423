// The two acts that say why a value is gone. Who verifies a log looks for them by these names.
export const eraseWhat = 'values.erase';
export const expireWhat = 'values.expire';
