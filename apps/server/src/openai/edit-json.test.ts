import fc from 'fast-check';
import { expect, test } from 'vitest';
import { editJson } from './edit-json.ts';

const edit = (json: string, edits: Readonly<Record<string, string | undefined>>): string =>
  editJson(Buffer.from(json), new Map(Object.entries(edits))).toString('utf8');

test('[OA10] a field is replaced and the rest stays byte for byte', () => {
  const json = '{ "seed":12345678901234567890, "model" : "a", "messages":[{"content":"\\u00e4 \\"model\\": \\\\"}] }';
  expect(edit(json, { model: '"b"' })).toBe(
    '{"seed":12345678901234567890,"model" :"b","messages":[{"content":"\\u00e4 \\"model\\": \\\\"}] }',
  );
});

test('[OA10] a field is taken out, and one that is missing is added', () => {
  expect(edit('{"a":1,"chorale":{"x":[1,2]},"b":2}', { chorale: undefined, c: 'true' })).toBe('{"a":1,"b":2,"c":true}');
  expect(edit('{}', { a: '1' })).toBe('{"a":1}');
  expect(edit('{"chorale":1}', { chorale: undefined })).toBe('{}');
});

test('[OA10] a doubled or escaped key is changed wherever it stands', () => {
  expect(edit('{"mod\\u0065l":"x","model":"y"}', { model: '"z"' })).toBe('{"mod\\u0065l":"z","model":"z"}');
});

test('[OA10] for any object, what is read afterwards differs in the named fields only', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.integer({ min: 0, max: 3 }), (object, indent) => {
      const plain = JSON.parse(JSON.stringify(object)) as Record<string, unknown>;
      const edited = JSON.parse(edit(JSON.stringify(plain, undefined, indent), { model: '"m"', gone: undefined }));
      const { gone: _gone, ...rest } = plain;
      expect(edited).toEqual({ ...rest, model: 'm' });
    }),
  );
});
