/** A small generator (mulberry32), so that every run makes the same texts. */
export declare function seededRandom(seed: number): () => number;
