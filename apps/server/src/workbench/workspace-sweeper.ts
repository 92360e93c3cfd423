// Removes the folders of goals that ended long ago, and replies of models that nobody will ask for again: at the start, and
// every ten minutes.

import { Beat, type BeatPorts } from '../process/beat.ts';
import type { Workspaces } from './workspaces.ts';

export interface Swept {
  readonly workspaces: Workspaces;
  readonly replies: { sweep(): Promise<number> };
}

export function sweepWorkspaces({ workspaces, replies }: Swept, ports: BeatPorts): Beat {
  return new Beat(ports, {
    name: 'workspace sweeper',
    everyMs: 10 * 60_000,
    complaint: 'the files of ended goals could not be removed',
    async round() {
      const removed = await workspaces.sweep();
      await replies.sweep();
      if (removed > 0) ports.log.info('removed the files of ended goals', { folders: removed });
    },
  });
}
