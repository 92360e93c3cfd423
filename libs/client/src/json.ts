/** Plain JSON data: what inputs, outputs and event bodies are made of. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
