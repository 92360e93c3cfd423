export * from './lane.ts';
export * from './fair-share.ts';
export * from './retry-delay.ts';
export * from './cron.ts';
export * from './duration.ts';
