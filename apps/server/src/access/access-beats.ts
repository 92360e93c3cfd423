// What is done over and over for identity.
import type { Identity } from '@chorale/module-access';
import { Beat, type BeatPorts } from '../process/beat.ts';

const everyMs = 60_000;

export function tidyIdentity(identity: Pick<Identity, 'keys' | 'sweep'>, ports: BeatPorts): Beat {
  return new Beat(ports, {
    name: 'identity tidying',
    everyMs,
    waitsFirst: true,
    complaint: 'what has expired of sessions and keys could not be tidied away',
    async round() {
      await identity.keys.flush();
      await identity.sweep();
    },
  });
}
