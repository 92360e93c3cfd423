import { dirname } from 'node:path';

/** The checkout's top folder. */
export const root = dirname(dirname(import.meta.dirname));
