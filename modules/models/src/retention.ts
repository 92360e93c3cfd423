// What a provider may do with data of each class.

import type { DataClass, Retention } from './deployment.ts';

/** From what never leaves our machines to what is learned from. */
export const retentionRank: Readonly<Record<Retention, number>> = { local: 0, none: 1, keeps: 2, trains: 3 };

/** The most a provider may do with data of each class. */
const retentionAllowed: Readonly<Record<DataClass, Retention>> = {
  public: 'trains',
  internal: 'keeps',
  personal: 'none',
  secret: 'local',
};

export const mayHold = (retention: Retention, dataClass: DataClass): boolean =>
  retentionRank[retention] <= retentionRank[retentionAllowed[dataClass]];
