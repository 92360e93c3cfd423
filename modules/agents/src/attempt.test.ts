import { refused, temporary } from '@chorale/lib-errors';
import type { Json, TaskDefinition } from '@chorale/module-goals';
import { describe, expect, test } from 'vitest';
import { stopGraceMs } from './attempt-calls.ts';
import { inlineSizeBytesMax } from './attempt-output.ts';
import type { ToolCall } from './attempt-ports.ts';
import { entry, makeStage, settled } from './attempt-stage.ts';
import type { CancelSignal } from '@chorale/lib-time';

describe('a tool task', () => {
  test('[A1] makes its one call and succeeds with its output, without a commit of its own', async () => {
    const stage = makeStage({ tools: { echo: { perform: (call) => ({ said: call.arguments }) } } });
    const end = await stage.run({ kind: 'tool', tool: 'echo', with: { text: 'hello' } });
    expect(end.result).toEqual({ outcome: 'succeeded', output: { said: { text: 'hello' } } });
    expect(end.steps).toMatchObject([
      {
        stepNo: 1,
        kind: 'tool-call',
        name: 'echo',
        input: { text: 'hello' },
        ended: { output: { said: { text: 'hello' } } },
      },
    ]);
    expect(stage.record.commands).toEqual([]);
  });

  test('[A4] resolves its input from the goal, its item and the tasks it names, and reads no others', async () => {
    const stage = makeStage({ tasks: { scan: { output: { files: 3 } }, other: { output: 'secret' } } });
    const template = { files: '${{ tasks.scan.output.files }}', from: '${{ inputs.source }}', item: '${{ item }}' };
    const end = await stage.run(
      { kind: 'tool', tool: 'echo', with: template },
      { parentNo: 1, itemIndex: 0, item: 'north' },
    );
    expect(end.result).toMatchObject({ output: { files: 3, from: '/srv/app', item: 'north' } });
    expect(stage.record.tasksRead).toEqual([['scan']]);
  });

  test('[A4] takes the input a person gave with a retry instead of its template', async () => {
    const stage = makeStage({});
    const end = await stage.run({ kind: 'tool', tool: 'echo', with: { a: 1 } }, { inputOverride: { a: 2 } });
    expect(end.result).toMatchObject({ output: { a: 2 } });
  });

  test('[A5] passes a reference on untouched', async () => {
    const reference = {
      $artifact: `sha256:${'a'.repeat(64)}`,
      name: 'files.json',
      mediaType: 'application/json',
      sizeBytes: 9,
    };
    const stage = makeStage({ tasks: { scan: { output: reference } } });
    const end = await stage.run({ kind: 'tool', tool: 'echo', with: { files: '${{ tasks.scan.output }}' } });
    expect(end.result).toMatchObject({ output: { files: reference } });
  });

  test('[A5] keeps a large output as an artifact and gives a reference', async () => {
    const text = 'é'.repeat(inlineSizeBytesMax / 2);
    const stage = makeStage({ tools: { echo: { perform: () => text } } });
    const end = await stage.run({ kind: 'tool', tool: 'echo' });
    const sizeBytes = inlineSizeBytesMax + 2;
    expect(end.result).toMatchObject({ output: { $artifact: 'sha256:1', name: 'output.json', sizeBytes } });
    expect(end.artifacts).toEqual([
      { name: 'output.json', hash: 'sha256:1', mediaType: 'application/json', sizeBytes },
    ]);
    expect(stage.record.kept).toEqual([JSON.stringify(text)]);
  });

  test('fails as its tool fails, and says so in the journal', async () => {
    const failure = temporary('host-away', 'the host is away', { retryAfterMs: 5 });
    const stage = makeStage({ tools: { echo: { perform: () => Promise.reject(failure) } } });
    const end = await stage.run({ kind: 'tool', tool: 'echo' });
    expect(end.result).toMatchObject({
      outcome: 'failed',
      failure: { family: 'temporary', code: 'host-away', retryAfterMs: 5 },
    });
    expect(end.steps).toMatchObject([{ ended: { failure: { code: 'host-away' } } }]);
  });

  test('[A6] grants itself exactly the tool it names', async () => {
    const stage = makeStage({});
    await stage.run({ kind: 'tool', tool: 'echo' });
    expect(stage.record.calls).toMatchObject([{ grants: [{ tool: 'echo', limits: {} }] }]);
  });

  test('[A2] closes its workbench, however it ends', async () => {
    const stage = makeStage({ tools: { echo: { perform: () => Promise.reject(new Error('odd')) } } });
    expect((await stage.run({ kind: 'tool', tool: 'echo' })).result).toMatchObject({
      failure: { family: 'broken', code: 'internal' },
    });
    expect(stage.record.benchesOpen).toBe(0);
  });
});

describe('a takeover of a tool task', () => {
  test('[J3] repeats an idempotent call', async () => {
    const stage = makeStage({ tools: { echo: { idempotent: true } } });
    const end = await stage.run({ kind: 'tool', tool: 'echo' }, { attempt: 2, losses: 1 });
    expect(end.result.outcome).toBe('succeeded');
    expect(stage.record.calls).toHaveLength(1);
  });

  test('[J3] asks before it repeats a call that is not idempotent when a worker was lost', async () => {
    const stage = makeStage({ tools: { send: { idempotent: false } } });
    const end = await stage.run({ kind: 'tool', tool: 'send', with: { to: 'a@b' } }, { attempt: 2, losses: 1 });
    expect(end.result).toMatchObject({ outcome: 'uncertain', context: { tool: 'send', input: { to: 'a@b' } } });
    expect(end.steps).toMatchObject([{ stepNo: 1, name: 'send' }]);
    expect(end.steps?.[0]?.ended).toBeUndefined();
    expect(stage.record.calls).toEqual([]);
  });

  test('[J9] after a restore asks before a call that is not idempotent, although nothing tells of it; what may be repeated is', async () => {
    const restored = { restoredIn: 1, tools: { send: { idempotent: false } } };
    const asked = makeStage(restored);
    const end = await asked.run({ kind: 'tool', tool: 'send', with: { to: 'a@b' } });
    expect(end.result).toMatchObject({ outcome: 'uncertain', context: { tool: 'send', input: { to: 'a@b' } } });
    expect(asked.record.calls).toEqual([]);
    const allowed = entry({
      name: 'send',
      input: {},
      state: 'failed',
      failure: { family: 'refused', code: 'repeat-approved', message: '' },
    });
    const again = makeStage({ ...restored, steps: [allowed] });
    expect((await again.run({ kind: 'tool', tool: 'send' }, { attempt: 2 })).result.outcome).toBe('succeeded');
    const harmless = makeStage({ restoredIn: 1, tools: { echo: { idempotent: true } } });
    expect((await harmless.run({ kind: 'tool', tool: 'echo' })).result.outcome).toBe('succeeded');
  });

  test('[J3] makes the call again when a person allowed it, and takes the answer when one was given', async () => {
    const allowed = entry({
      name: 'send',
      input: {},
      state: 'failed',
      failure: { family: 'refused', code: 'repeat-approved', message: '' },
    });
    const again = makeStage({ tools: { send: { idempotent: false } }, steps: [allowed] });
    expect((await again.run({ kind: 'tool', tool: 'send' }, { attempt: 3 })).result.outcome).toBe('succeeded');
    expect(again.record.calls).toHaveLength(1);
    // The allowance is for one repeat: its entry is durable before the call, so that a takeover asks anew.
    expect(again.record.calls[0]?.recordedBefore).toBe(1);
    expect(again.record.commands[0]).toMatchObject({ command: 'record-step', step: { stepNo: 1, name: 'send' } });
    const answered = makeStage({
      tools: { send: { idempotent: false } },
      steps: [entry({ name: 'send', input: {}, state: 'finished', output: 'sent' })],
    });
    expect((await answered.run({ kind: 'tool', tool: 'send' }, { attempt: 3 })).result).toEqual({
      outcome: 'succeeded',
      output: 'sent',
    });
    expect(answered.record.calls).toEqual([]);
  });

  test('does not ask when the attempt before was handed back before its call began', async () => {
    const stage = makeStage({ tools: { send: { idempotent: false } } });
    expect((await stage.run({ kind: 'tool', tool: 'send' }, { attempt: 2, losses: 0 })).result.outcome).toBe(
      'succeeded',
    );
  });
});

describe('an agent without a model', () => {
  const scan: Omit<TaskDefinition, 'key' | 'needs'> = { kind: 'agent', agent: 'scout', with: { repository: '/repo' } };

  test('[J1] works through its skill, and the call is on record before it begins', async () => {
    const stage = makeStage({});
    const end = await stage.run(scan);
    expect(stage.record.calls).toMatchObject([
      { tool: 'run-skill-script', arguments: { skill: 'map', input: { repository: '/repo' } }, recordedBefore: 1 },
    ]);
    expect(stage.record.commands).toMatchObject([
      { command: 'record-step', attempt: 1, step: { stepNo: 1, name: 'run-skill-script' } },
    ]);
    expect(end.steps).toMatchObject([{ stepNo: 1, ended: {} }]);
  });

  test('[A6] calls with the grants of its definition and no others', async () => {
    const stage = makeStage({ agent: { tools: [{ tool: 'run-skill-script', limits: { network: false } }] } });
    await stage.run(scan);
    expect(stage.record.calls).toMatchObject([{ grants: [{ tool: 'run-skill-script', limits: { network: false } }] }]);
  });

  test('is refused a skill that is not its own', async () => {
    const end = await makeStage({}).run({ ...scan, skill: 'other' });
    expect(end.result).toMatchObject({ failure: { code: 'skill-not-granted' } });
  });

  test('[A7] says what to configure when there is neither a script nor a model', async () => {
    const end = await makeStage({ skill: { entryScript: undefined } }).run(scan);
    expect(end.result).toMatchObject({
      outcome: 'failed',
      failure: { family: 'refused', code: 'agent-needs-model', action: expect.stringContaining('chorale models list') },
    });
  });

  test('[A3, J2] does not repeat a call whose end is on record', async () => {
    const done = entry({
      name: 'run-skill-script',
      input: { input: { repository: '/repo' }, skill: 'map' },
      state: 'finished',
      output: { found: 7 },
    });
    const stage = makeStage({ steps: [done] });
    const end = await stage.run(scan, { attempt: 2, losses: 1 });
    expect(end.result).toEqual({ outcome: 'succeeded', output: { found: 7 } });
    expect(stage.record.calls).toEqual([]);
  });

  test('[J2] fails again as it failed, without another call', async () => {
    const failure = { family: 'refused', code: 'script-failed', message: 'exit 1' } as const;
    const stage = makeStage({
      steps: [
        entry({
          name: 'run-skill-script',
          input: { skill: 'map', input: { repository: '/repo' } },
          state: 'failed',
          failure,
        }),
      ],
    });
    expect((await stage.run(scan, { attempt: 2 })).result).toMatchObject({ outcome: 'failed', failure });
    expect(stage.record.calls).toEqual([]);
  });

  test('[J4] refuses to go on from a journal of other calls', async () => {
    const stage = makeStage({ steps: [entry({ name: 'shell', input: {}, state: 'finished', output: 1 })] });
    expect((await stage.run(scan, { attempt: 2 })).result).toMatchObject({
      failure: { family: 'broken', code: 'journal-mismatch' },
    });
  });

  test('[J10] that fails before it knows what its run has done is tried again in that run', async () => {
    const away = temporary('sandbox-away', 'away');
    const steps = [entry({ name: 'shell', input: {}, state: 'started' })];
    const stage = makeStage({ steps, openWorkbench: () => Promise.reject(away) });
    const taken = { attempt: 2, losses: 1 };
    expect((await stage.run(scan, taken)).result).toMatchObject({ outcome: 'failed', sameRun: true });
    const fresh = (await stage.run(scan)).result;
    expect(fresh).toMatchObject({ outcome: 'failed', failure: { code: 'sandbox-away' } });
    expect(fresh).not.toHaveProperty('sameRun');
  });

  test('[J8] is handed back when what its input refers to cannot be read', async () => {
    const stage = makeStage({ tasks: {}, findTasks: () => Promise.reject(temporary('store-unavailable', 'away')) });
    const input = { kind: 'tool', tool: 'echo', with: { of: '${{ tasks.other.output }}' } } as const;
    expect((await stage.run(input)).result).toEqual({ outcome: 'handed-back' });
  });

  test('does not read a journal on its first attempt', async () => {
    const stage = makeStage({ steps: [entry({ name: 'shell', input: {}, state: 'finished', output: 1 })] });
    expect((await stage.run(scan)).result.outcome).toBe('succeeded');
  });

  test('[J1] does not call when the record cannot be written', async () => {
    const stage = makeStage({ execute: () => Promise.reject(refused('lease-lost', 'another holds it')) });
    expect((await stage.run(scan)).result).toMatchObject({ outcome: 'failed', failure: { code: 'lease-lost' } });
    expect(stage.record.calls).toEqual([]);
  });

  test('[J8] is handed back when the journal cannot be reached, so that what is done stays done', async () => {
    const stage = makeStage({ execute: () => Promise.reject(temporary('store-unavailable', 'away')) });
    expect((await stage.run(scan)).result).toEqual({ outcome: 'handed-back' });
    expect(stage.record.calls).toEqual([]);
  });
});

describe('an attempt that is stopped', () => {
  const slow = {
    perform: (_call: ToolCall, signal: CancelSignal) =>
      new Promise<Json>((_, reject) => signal.addEventListener('abort', () => reject(new Error('aborted')))),
  };

  test('[J5] ends cancelled when its task is cancelled', async () => {
    const stage = makeStage({ tools: { slow: { ...slow, idempotent: false } } });
    const end = await stage.runAndStop({ kind: 'tool', tool: 'slow' }, 'cancel');
    expect(end.result).toEqual({ outcome: 'cancelled' });
    expect(end.steps).toMatchObject([{ ended: { failure: { code: 'call-cut-off' } } }]);
  });

  test('[J5] is handed back when its worker drains, and its call stays open in the journal', async () => {
    const stage = makeStage({ tools: { slow: { ...slow, idempotent: false } } });
    const end = await stage.runAndStop({ kind: 'tool', tool: 'slow' }, 'drain');
    expect(end.result).toEqual({ outcome: 'handed-back' });
    expect(end.steps?.[0]).toMatchObject({ stepNo: 1 });
    expect(end.steps?.[0]?.ended).toBeUndefined();
  });

  test('[ST4] succeeds when its call ends well although it was told to stop', async () => {
    let finish: (value: Json) => void = () => {};
    const stage = makeStage({ tools: { slow: { perform: () => new Promise((resolve) => (finish = resolve)) } } });
    const running = stage.runAndStop({ kind: 'tool', tool: 'slow' }, 'drain');
    await settled();
    finish('done');
    expect((await running).result).toEqual({ outcome: 'succeeded', output: 'done' });
  });

  test('fails as temporary at its time limit when its call may be repeated', async () => {
    const stage = makeStage({ tools: { slow: { ...slow, idempotent: true } } });
    const running = stage.run({ kind: 'tool', tool: 'slow', timeoutMs: 50 });
    await settled();
    stage.clock.pass(50);
    expect((await running).result).toMatchObject({
      outcome: 'failed',
      failure: { family: 'temporary', code: 'attempt-timed-out' },
    });
  });

  test('[J3] asks at its time limit when its call may not be repeated', async () => {
    const stage = makeStage({ tools: { slow: { ...slow, idempotent: false } } });
    const running = stage.run({ kind: 'tool', tool: 'slow', timeoutMs: 50 });
    await settled();
    stage.clock.pass(50);
    expect((await running).result.outcome).toBe('uncertain');
  });

  test('[ST3] no longer waits for a call that ignores the signal', async () => {
    const stage = makeStage({ tools: { deaf: { perform: () => new Promise(() => {}) } } });
    const running = stage.runAndStop({ kind: 'tool', tool: 'deaf' }, 'cancel');
    await settled();
    stage.clock.pass(stopGraceMs);
    expect((await running).result).toEqual({ outcome: 'cancelled' });
  });

  test('[ST5] begins no call when its lease is over, also before anybody has told it to stop', async () => {
    const stage = makeStage({ look: () => 'lease-lost' });
    expect((await stage.run({ kind: 'tool', tool: 'echo' })).result).toEqual({ outcome: 'handed-back' });
    expect(stage.record.calls).toEqual([]);
  });

  test('leaves no timer behind', async () => {
    const stage = makeStage({});
    await stage.run({ kind: 'tool', tool: 'echo', timeoutMs: 50 });
    expect(stage.clock.timers).toBe(0);
  });
});
