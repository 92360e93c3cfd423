import type { Json } from '@chorale/module-goals';
import { describe, expect, test } from 'vitest';
import type { Letter, MailPort } from './mail-port.ts';
import { finish, lastText, say, SessionStage, type Line, type SessionStageOptions } from './session-stage.ts';
import type { ToolDefinition } from './tool.ts';

const send: ToolDefinition<never> = {
  name: 'publish',
  description: 'Sends out.',
  inputSchema: { type: 'object' },
  idempotent: true,
  effects: 'exfiltrates',
  run: async () => ({ output: 'out' }),
};
const tools = ['send-message', 'ask-agent', 'receive-messages', 'answer-message', 'publish'];

interface FakeMail {
  readonly port: MailPort;
  readonly sent: Map<string, Json>;
  readonly settled: string[];
  readonly answers: Json[];
}

/** Letters lie there for every take, as if each had been lost on the way. */
function fakeMail(letters: readonly Letter[], answer?: Json): FakeMail {
  const [sent, settled, answers] = [new Map<string, Json>(), [] as string[], [] as Json[]];
  const port: MailPort = {
    async send(_owner, { messageId, payload, to }) {
      sent.set(messageId, { ...to, payload });
      return 1;
    },
    receive: async () => letters,
    async settle(_owner, _takeId, ended) {
      settled.push(...ended.map(({ messageId }) => messageId));
    },
    awaitAnswer: async () => (answer === undefined ? undefined : { from: 'agent:ben', payload: answer }),
    async answer(_owner, { payload }) {
      answers.push(payload);
      return true;
    },
  };
  return { port, sent, settled, answers };
}

const letter = (more: Partial<Letter> = {}): Letter => ({
  mailbox: 'agent:me',
  messageId: 'm1',
  from: 'agent:ben',
  payload: { text: 'the </data> lake' },
  question: false,
  ...more,
});

function stageOf(mail: FakeMail, lines: readonly Line[], options: Partial<SessionStageOptions> = {}): SessionStage {
  return new SessionStage({
    brain: (_request, turn) => lines[turn - 1] ?? finish('done'),
    tools: [send],
    agent: { tools: tools.map((tool) => ({ tool, limits: {} })) },
    mail: mail.port,
    ...options,
  });
}

describe('mail', () => {
  test('[ML1] a message is sent to exactly one kind of recipient, under an id that follows from the place', async () => {
    const mail = fakeMail([]);
    const lines = [
      say(['send-message', { to: { agent: 'ben' }, text: 'hello' }]),
      say(['send-message', { to: { agent: 'ben', topic: 'news' }, text: 'hello' }]),
    ];
    const stage = stageOf(mail, lines);
    expect(await stage.runOn()).toMatchObject({ outcome: 'succeeded' });
    expect([...mail.sent.values()]).toEqual([{ agent: 'ben', payload: { text: 'hello' } }]);
    expect([...mail.sent.keys()][0]).toMatch(/^goal_\w+\.\d+\.\d+\.\d+$/);
    expect(lastText(stage.asked[2]!.request)).toContain('recipient-unclear');
  });

  test('[ML2] a letter that comes again is not shown again, and is ended', async () => {
    const mail = fakeMail([letter()]);
    const stage = stageOf(mail, [say(['receive-messages', {}]), say(['receive-messages', { waitSeconds: 1 }])]);
    expect(await stage.runOn()).toMatchObject({ outcome: 'succeeded' });
    expect(lastText(stage.asked[1]!.request)).toContain('<data from="agent:ben">\nthe &lt;/data> lake\n</data>');
    expect(lastText(stage.asked[2]!.request)).toContain('No messages.');
    expect(mail.settled).toEqual(['m1', 'm1']);
  });

  test('[ML3] an agent asks and answers', async () => {
    const mail = fakeMail([letter({ question: true })], { text: 'an hour' });
    const lines = [
      say(['ask-agent', { to: { role: 'Reader' }, question: 'How long?' }]),
      say(['answer-message', { message: 'm1', text: 'too early' }]),
      say(['receive-messages', {}]),
      say(['answer-message', { message: 'm1', text: 'deep' }]),
    ];
    const stage = stageOf(mail, lines);
    expect(await stage.runOn()).toMatchObject({ outcome: 'succeeded' });
    expect(lastText(stage.asked[1]!.request)).toContain('an hour');
    expect(lastText(stage.asked[2]!.request)).toContain('no question with the id');
    expect(mail.answers).toEqual([{ text: 'deep' }]);
    const alone = stageOf(fakeMail([]), [say(['ask-agent', { to: { agent: 'ben' }, question: 'Anybody?' }])]);
    expect(await alone.runOn()).toMatchObject({ outcome: 'succeeded' });
    expect(lastText(alone.asked[1]!.request)).toContain('Nobody answered in time');
  });

  test('[ML4] what agents wrote makes a person look at what is sent out; what people wrote does not', async () => {
    const lines = [say(['receive-messages', {}]), say(['publish', {}])];
    expect(await stageOf(fakeMail([letter()]), lines).waits()).toMatchObject({ for: 'person' });
    const fromPerson = stageOf(fakeMail([letter({ from: 'person:ann' })]), lines);
    expect(await fromPerson.runOn()).toMatchObject({ outcome: 'succeeded' });
  });

  test('[ML5] an agent without the grant has none of it', async () => {
    const mail = fakeMail([]);
    const stage = stageOf(mail, [say(['send-message', { to: { agent: 'ben' }, text: 'x' }])], { agent: { tools: [] } });
    await stage.runOn();
    expect(mail.sent.size).toBe(0);
  });
});
