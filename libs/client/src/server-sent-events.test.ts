import { expect, test } from 'vitest';
import { EventParser } from './server-sent-events.ts';

function parse(text: string, pieceLength: number) {
  const parser = new EventParser();
  const events = [];
  for (let at = 0; at < text.length; at += pieceLength) events.push(...parser.push(text.slice(at, at + pieceLength)));
  return events;
}

const text =
  ': open\r\n\r\nid: 1\r\nevent: a\r\ndata: {"x":1}\r\n\r\nid: 2\ndata: one\ndata:two\n\n\rid:3\revent: c\rdata:\r\r';
const expected = [
  { data: undefined, event: 'comment', id: undefined },
  { data: '{"x":1}', event: 'a', id: '1' },
  { data: 'one\ntwo', event: 'message', id: '2' },
  { data: '', event: 'c', id: '3' },
];

test('[CL3] every way to end a line gives the same events, however the text is cut', () => {
  for (let pieceLength = 1; pieceLength <= text.length; pieceLength++) {
    expect(parse(text, pieceLength), `pieces of ${pieceLength}`).toEqual(expected);
  }
});

test('[CL3] an event that was not ended is not given', () => {
  expect(parse('data: half', 3)).toEqual([]);
  expect(parse('data: half\n', 3)).toEqual([]);
});

test('[CL3] lines without data make no event, and unknown fields are passed over', () => {
  expect(parse('id: 4\nevent: x\n\nretry: 5\nwhat: ever\ndata\n\n', 4)).toEqual([
    { data: '', event: 'message', id: '4' },
  ]);
});

test('[CL3] a line without end is refused instead of kept', () => {
  const parser = new EventParser();
  const piece = 'x'.repeat(1024 * 1024);
  expect(() => {
    for (let index = 0; index < 20; index++) expect([...parser.push(piece)]).toEqual([]);
  }).toThrow(RangeError);
});
