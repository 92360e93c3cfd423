import { describe, expect, test } from 'vitest';
import type { Json } from '@chorale/module-goals';
import {
  createToolRegistry,
  type ArtifactCandidate,
  type JsonSchema,
  type ToolContext,
  type ToolDefinition,
} from './tool.ts';
import { headOf, utf8Bytes } from './tool-output.ts';

interface EchoArguments {
  readonly text: string;
  readonly times: number;
}

function makeEcho(more: Partial<ToolDefinition<EchoArguments>> = {}) {
  const seen: { args: EchoArguments; limits: unknown }[] = [];
  const echo: ToolDefinition<EchoArguments> = {
    name: 'echo',
    description: 'Gives back what it was given.',
    inputSchema: {
      type: 'object',
      properties: {
        text: { type: 'string', minLength: 1 },
        times: { type: 'integer', minimum: 1, maximum: 9, default: 1 },
      },
      required: ['text'],
      additionalProperties: false,
    },
    idempotent: ({ times }) => times === 1,
    grantSchema: {
      type: 'object',
      properties: { loud: { type: 'boolean', default: false } },
      additionalProperties: false,
    },
    run: (args, context) => {
      seen.push({ args, limits: context.grant.limits });
      return Promise.resolve({ output: { said: args.text.repeat(args.times) } });
    },
    ...more,
  };
  return { echo, seen, registry: createToolRegistry([echo]) };
}

function makeContext() {
  const kept: ArtifactCandidate[] = [];
  const context: ToolContext = {
    workspace: '/nowhere',
    keepArtifact: (candidate) => {
      kept.push(candidate);
      return Promise.resolve({ name: candidate.name, mediaType: candidate.mediaType, hash: 'sha256:0', sizeBytes: 1 });
    },
    readArtifact: () => Promise.resolve(new Uint8Array()),
  };
  return { context, kept };
}

const granted = (limits: Readonly<Record<string, unknown>> = {}) => [{ tool: 'echo', limits }];

describe('a tool call', () => {
  const { context } = makeContext();

  test('[T1] needs a grant of that very tool', async () => {
    const { registry, seen } = makeEcho();
    for (const grants of [[], [{ tool: 'echoes', limits: {} }]]) {
      await expect(registry.call({ tool: 'echo', arguments: { text: 'a' }, grants }, context)).rejects.toMatchObject({
        family: 'refused',
        code: 'tool-not-granted',
      });
    }
    expect(seen).toEqual([]);
  });

  test('[T1] of a tool that does not exist names those that do', async () => {
    const { registry } = makeEcho();
    await expect(registry.call({ tool: 'ecko', arguments: {}, grants: granted() }, context)).rejects.toMatchObject({
      family: 'refused',
      code: 'unknown-tool',
      action: expect.stringContaining('echo') as string,
    });
    expect(registry.findTool('ecko', {})).toBeUndefined();
  });

  test('[T1] keeps to what the grant may say', async () => {
    const { registry, seen } = makeEcho();
    await registry.call({ tool: 'echo', arguments: { text: 'a' }, grants: granted() }, context);
    await registry.call({ tool: 'echo', arguments: { text: 'a' }, grants: granted({ loud: true }) }, context);
    expect(seen.map(({ limits }) => limits)).toEqual([{ loud: false }, { loud: true }]);
    const wrong = registry.call({ tool: 'echo', arguments: { text: 'a' }, grants: granted({ louder: true }) }, context);
    await expect(wrong).rejects.toMatchObject({
      code: 'invalid-tool-grant',
      data: { mistakes: ['`louder` is not known'] },
    });
  });

  test('[T2] fills in defaults without touching what the caller gave', async () => {
    const { registry, seen } = makeEcho();
    const args: Json = { text: 'a' };
    await registry.call({ tool: 'echo', arguments: args, grants: granted() }, context);
    expect(seen[0]?.args).toEqual({ text: 'a', times: 1 });
    expect(args).toEqual({ text: 'a' });
  });

  test('[T2] names every mistake in the arguments at once', async () => {
    const { registry, seen } = makeEcho();
    const call = registry.call({ tool: 'echo', arguments: { times: 10, extra: 1 }, grants: granted() }, context);
    await expect(call).rejects.toMatchObject({
      family: 'refused',
      code: 'invalid-tool-arguments',
      data: { mistakes: ['`text` is missing', '`extra` is not known', '`times` must be <= 9'] },
    });
    expect(seen).toEqual([]);
  });

  test('[T2] describes mistakes in nested and wrong-typed arguments', async () => {
    const inputSchema: JsonSchema = {
      type: 'object',
      properties: {
        list: {
          type: 'array',
          items: { type: 'object', properties: { kind: { enum: ['a', 'b'] } }, required: ['kind'] },
        },
      },
    };
    const { registry } = makeEcho({ inputSchema });
    const mistakesOf = (args: Json) =>
      registry.call({ tool: 'echo', arguments: args, grants: granted() }, context).then(
        () => [],
        (error: { data: { mistakes: string[] } }) => error.data.mistakes,
      );
    expect(await mistakesOf('text')).toEqual(['the arguments must be object']);
    expect(await mistakesOf({ list: [{}, { kind: 'c' }] })).toEqual([
      '`list.0.kind` is missing',
      '`list.1.kind` must be one of "a", "b"',
    ]);
  });

  test('may be idempotent by its arguments; those that do not fit are not', () => {
    const { registry } = makeEcho();
    expect(registry.findTool('echo', { text: 'a' })).toEqual({ idempotent: true });
    expect(registry.findTool('echo', { text: 'a', times: 2 })).toEqual({ idempotent: false });
    expect(registry.findTool('echo', { times: 1 })).toEqual({ idempotent: false });
  });

  test('[T3] shows the beginning of a result that is too large and keeps the whole', async () => {
    const { registry } = makeEcho({
      outputBytesMax: 100,
      run: () => Promise.resolve({ output: { long: 'é'.repeat(5000) } }),
    });
    const { context: keeping, kept } = makeContext();
    const result = await registry.call({ tool: 'echo', arguments: { text: 'a' }, grants: granted() }, keeping);
    expect(result.output).toMatchObject({ truncated: true, sizeBytes: 10_011, artifact: 'whole-output.json' });
    expect(kept.map(({ name, content }) => [name, 'text' in content && content.text.length])).toEqual([
      ['whole-output.json', 5_011],
    ]);
    expect(result.artifacts).toHaveLength(1);
  });

  test('[T4] keeps what the tool made, in order, before it ends', async () => {
    const candidates = ['b', 'a'].map((name): ArtifactCandidate => ({
      name,
      mediaType: 'text/plain',
      content: { text: name },
    }));
    const { registry } = makeEcho({ run: () => Promise.resolve({ output: null, artifacts: candidates }) });
    const { context: keeping, kept } = makeContext();
    const result = await registry.call({ tool: 'echo', arguments: { text: 'a' }, grants: granted() }, keeping);
    expect(kept.map(({ name }) => name)).toEqual(['b', 'a']);
    expect(result).toMatchObject({ output: null, artifacts: [{ name: 'b' }, { name: 'a' }] });
  });
});

test('two tools of one name, or a schema that is none, are refused when the registry is made', () => {
  const { echo } = makeEcho();
  expect(() => createToolRegistry([echo, echo])).toThrow(/two tools are named echo/);
  expect(() => createToolRegistry([{ ...echo, inputSchema: { type: 'strange' } }])).toThrow(/schema/);
});

describe('bytes of a text', () => {
  test.each([
    ['', 0],
    ['abc', 3],
    ['é', 2],
    ['€', 3],
    ['😀', 4],
  ])('of %j are counted as UTF-8', (text, bytes) => expect(utf8Bytes(text)).toBe(bytes));

  test('are cut between characters', () => {
    expect(headOf('aé€😀', 100)).toEqual({ text: 'aé€😀', truncated: false });
    expect([1, 2, 3, 5, 6, 9, 10].map((bytes) => headOf('aé€😀', bytes).text)).toEqual([
      'a',
      'a',
      'aé',
      'aé',
      'aé€',
      'aé€',
      'aé€😀',
    ]);
  });
});
