import { open } from 'node:fs/promises';

/** The beginning of a file as text: whatever its size, no more than `bytesMax` is read. */
export async function readTextFile(path: string, bytesMax: number): Promise<string> {
  const file = await open(path, 'r');
  try {
    const { bytesRead, buffer } = await file.read(Buffer.alloc(bytesMax), 0, bytesMax, 0);
    return buffer.subarray(0, bytesRead).toString('utf8');
  } finally {
    await file.close();
  }
}
