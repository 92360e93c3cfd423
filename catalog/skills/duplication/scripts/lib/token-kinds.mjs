// @generated from catalog/shared/token-kinds.mjs by catalog/copy-shared.mjs; change it there.

// What a token can be.

export const word = 1;
export const number = 2;
export const string = 3;
export const punctuation = 4;
