// The files of a log in one: a tar archive (ustar) that any tar unpacks. The same files give the same bytes, which is also
// how reading knows that nothing was hidden in a header.
import { refused } from '@chorale/lib-errors';
import { concatBytes, sameBytes, utf8Bytes, utf8Text } from '../bytes.ts';

const block = 512;
/** Paths of logs are short; longer ones would need a second field. */
const pathBytesMax = 100;

export type LogFile = readonly [path: string, bytes: Uint8Array];

export function archiveLog(files: ReadonlyMap<string, Uint8Array>): Uint8Array {
  return concatBytes(...[...files].flatMap(partsOf), end());
}

/** Piece by piece: a log may be larger than what fits into memory. */
export async function* archiveFiles(files: AsyncIterable<LogFile>): AsyncGenerator<Uint8Array> {
  for await (const file of files) yield* partsOf(file);
  yield end();
}

function partsOf([path, bytes]: LogFile): readonly Uint8Array[] {
  return [header(path, bytes.length), bytes, new Uint8Array((block - (bytes.length % block)) % block)];
}

function end(): Uint8Array {
  return new Uint8Array(2 * block);
}

/** @throws refused `audit-archive-damaged`. */
export function unarchiveLog(archive: Uint8Array): ReadonlyMap<string, Uint8Array> {
  const files = new Map<string, Uint8Array>();
  for (let at = 0; at + block <= archive.length && archive[at] !== 0;) {
    const path = field(archive, at, pathBytesMax);
    const size = Number.parseInt(field(archive, at + 124, 11), 8);
    if (!Number.isSafeInteger(size) || size < 0) break;
    files.set(path, archive.slice(at + block, at + block + size));
    at += block + Math.ceil(size / block) * block;
  }
  if (!isArchivable(files) || !sameBytes(archiveLog(files), archive))
    throw refused('audit-archive-damaged', 'The archive of the log is not as it was written.', {
      action: 'Export the log again, or verify the folder it was unpacked to.',
    });
  return files;
}

function isArchivable(files: ReadonlyMap<string, Uint8Array>): boolean {
  return [...files.keys()].every((path) => utf8Bytes(path).length <= pathBytesMax);
}

function field(bytes: Uint8Array, at: number, length: number): string {
  const slice = bytes.slice(at, at + length);
  const end = slice.indexOf(0);
  return utf8Text(end < 0 ? slice : slice.slice(0, end)) ?? '';
}

function header(path: string, size: number): Uint8Array {
  const bytes = new Uint8Array(block);
  const put = (at: number, text: string): void => bytes.set(utf8Bytes(text), at);
  put(0, path);
  put(100, '0000644\u00000000000\u00000000000\u0000');
  put(124, `${size.toString(8).padStart(11, '0')}\u0000`);
  put(136, '00000000000\u0000');
  // The sum is made with blanks in its own place.
  put(148, '        ');
  put(156, '0');
  put(257, 'ustar\u000000');
  const sum = bytes.reduce((total, byte) => total + byte, 0);
  put(148, `${sum.toString(8).padStart(6, '0')}\u0000 `);
  return bytes;
}
