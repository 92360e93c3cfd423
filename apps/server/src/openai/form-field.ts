// Single text fields of a multipart form (RFC 7578), found and changed without taking the form apart: the file in it goes
// on as it came.
import { refused } from '@chorale/lib-errors';

export interface Form {
  readonly bytes: Buffer;
  readonly contentType: string;
}

interface Span {
  readonly from: number;
  readonly to: number;
}

const headEnd = Buffer.from('\r\n\r\n');
const partsMax = 100;
const headBytesMax = 4_096;

export function findFormField(form: Form, name: string): string | undefined {
  const [span] = findFields(form, name);
  return span === undefined ? undefined : form.bytes.toString('utf8', span.from, span.to);
}

/** In every part of that name: two readers that take the first and the last of them see the same. */
export function editFormField(form: Form, name: string, value: string): Buffer {
  const pieces: Buffer[] = [];
  let from = 0;
  for (const span of findFields(form, name)) {
    pieces.push(form.bytes.subarray(from, span.from), Buffer.from(value));
    from = span.to;
  }
  return Buffer.concat([...pieces, form.bytes.subarray(from)]);
}

function findFields({ bytes, contentType }: Form, name: string): readonly Span[] {
  const boundary = /boundary=(?:"([^"]+)"|([^\s;]+))/i.exec(contentType);
  const mark = boundary?.[1] ?? boundary?.[2];
  if (mark === undefined) throw refused('request-malformed', 'the form names no boundary');
  const delimiter = Buffer.from(`--${mark}`);
  const spans: Span[] = [];
  let at = bytes.indexOf(delimiter);
  for (let part = 0; at >= 0 && part < partsMax; part++) {
    const head = at + delimiter.length;
    const contentAt = bytes.indexOf(headEnd, head);
    const next = bytes.indexOf(delimiter, head);
    if (contentAt < 0 || next < 0 || contentAt > next) break;
    const from = contentAt + headEnd.length;
    // The line break before the next delimiter belongs to it.
    if (contentAt - head <= headBytesMax && isField(bytes.toString('utf8', head, contentAt), name))
      spans.push({ from, to: next - 2 });
    at = next;
  }
  return spans;
}

function isField(head: string, name: string): boolean {
  const disposition = /^content-disposition:(.*)$/im.exec(head)?.[1] ?? '';
  return /(?:^|;)\s*name="?([^";]*)"?/i.exec(disposition)?.[1] === name && !/;\s*filename/i.test(disposition);
}
