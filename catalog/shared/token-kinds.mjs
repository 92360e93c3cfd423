// What a token can be.

export const word = 1;
export const number = 2;
export const string = 3;
export const punctuation = 4;
