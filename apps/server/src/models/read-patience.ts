// How long deployments may be silent, from the configuration's seconds.
import type { Patience } from '@chorale/module-models';
import type { ModelsConfig } from '../config/models-config.ts';

export function readPatience(configured: ModelsConfig['patience']): Partial<Patience> {
  const { firstByteSeconds, silenceSeconds, tokenMilliseconds } = configured;
  return {
    ...(firstByteSeconds === undefined ? {} : { firstByteMs: firstByteSeconds * 1_000 }),
    ...(silenceSeconds === undefined ? {} : { silenceMs: silenceSeconds * 1_000 }),
    ...(tokenMilliseconds === undefined ? {} : { tokenMs: tokenMilliseconds }),
  };
}
