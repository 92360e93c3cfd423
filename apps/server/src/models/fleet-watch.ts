// Looks for deployments every so often; the start has looked already.
import { Beat, type BeatPorts } from '../process/beat.ts';
import type { ModelServices } from './model-services.ts';

export function watchFleet(models: Pick<ModelServices, 'probe'>, everyMs: number, ports: BeatPorts): Beat {
  return new Beat(ports, {
    name: 'model watch',
    everyMs,
    waitsFirst: true,
    complaint: 'models could not be looked for',
    async round() {
      await models.probe();
    },
  });
}
