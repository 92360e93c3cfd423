import { expect, test } from 'vitest';
import { FrameCount } from './frame-count.ts';

const message = (kind: string, body = ''): Buffer => {
  const head = Buffer.alloc(5);
  head.write(kind);
  head.writeInt32BE(4 + body.length, 1);
  return Buffer.concat([head, Buffer.from(body)]);
};
const startup = Buffer.concat([Buffer.from([0, 0, 0, 12, 0, 3, 0, 0]), Buffer.from('user\0ann\0\0')]);
const ready = message('Z', 'I');

function begin(): FrameCount {
  const frames = new FrameCount();
  frames.sent(startup);
  frames.received(Buffer.concat([message('R', '\0\0\0\0'), ready]));
  return frames;
}

test('a server owes an answer from the first message to its ReadyForQuery, and again for each Sync and Query', () => {
  const frames = new FrameCount();
  frames.sent(startup);
  expect([frames.owes, frames.isReady]).toEqual([true, false]);
  frames.received(ready);
  expect([frames.owes, frames.isReady]).toEqual([false, true]);
  frames.sent(Buffer.concat([message('P', 'x'), message('S'), message('Q', 'SELECT 1'), message('S')]));
  frames.received(ready);
  frames.received(Buffer.concat([message('D', 'a row with Z in it'), ready]));
  expect(frames.owes).toBe(true);
  frames.received(ready);
  expect(frames.owes).toBe(false);
});

test('what was asked with Flush is owed until the next message asks for an end', () => {
  const frames = begin();
  frames.sent(Buffer.concat([message('P', 'x'), message('D', 'x'), message('H')]));
  expect(frames.owes).toBe(true);
  frames.sent(Buffer.concat([message('B', 'x'), message('S')]));
  frames.received(ready);
  expect(frames.owes).toBe(false);
});

test('messages are counted however they are cut on the way', () => {
  const bytes = Buffer.concat([message('T', 'columns'), message('D', 'Z'.repeat(20)), message('C', 'SELECT 1'), ready]);
  for (let size = 1; size <= bytes.length; size++) {
    const frames = begin();
    frames.sent(message('Q', 'SELECT'));
    const cut = (part: Buffer): void => {
      for (let at = 0; at < part.length; at += size) frames.received(part.subarray(at, at + size));
    };
    cut(bytes.subarray(0, -ready.length));
    expect(frames.owes, `pieces of ${size}`).toBe(true);
    cut(ready);
    expect(frames.owes, `pieces of ${size}`).toBe(false);
  }
});

test('what the driver had not sent on the connection before is left out of the first message', () => {
  expect(new FrameCount().sent(Buffer.concat([message('Q', 'ROLLBACK'), startup]))).toEqual(startup);
  expect(new FrameCount().sent(startup)).toEqual(startup);
});
