// What was agreed to about the tools of others: one file each, written beside its place and moved there.

import { createHash } from 'node:crypto';
import { mkdir, open, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';

export interface PinOfTool {
  readonly server: string;
  readonly tool: string;
}

export interface FilesystemToolPins<Pin extends PinOfTool> {
  find(server: string, tool: string): Promise<Pin | undefined>;
  put(pin: Pin): Promise<void>;
}

export function openFilesystemToolPins<Pin extends PinOfTool>({
  directory,
}: {
  readonly directory: string;
}): FilesystemToolPins<Pin> {
  // Names of tools are the server's, and may hold anything.
  const placeOf = (server: string, tool: string): string =>
    join(
      directory,
      `${createHash('sha256')
        .update(JSON.stringify([server, tool]))
        .digest('hex')}.json`,
    );
  let unique = 0;
  return {
    async find(server, tool) {
      try {
        return JSON.parse(await readFile(placeOf(server, tool), 'utf8')) as Pin;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
        throw error;
      }
    },
    async put(pin) {
      await mkdir(directory, { recursive: true, mode: 0o700 });
      const place = placeOf(pin.server, pin.tool);
      unique += 1;
      const beside = `${place}.${process.pid}.${unique}.part`;
      const file = await open(beside, 'w', 0o600);
      try {
        await file.writeFile(JSON.stringify(pin));
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(beside, place);
    },
  };
}
