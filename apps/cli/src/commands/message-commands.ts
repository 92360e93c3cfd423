// `chorale messages`: what agents, people and services send each other, and the letters that nobody handled.
import { type Message, messageStates, type MessageState, type Priority } from '@chorale/lib-client';
import type { Command } from 'commander';
import type { Cli } from '../cli.ts';
import { formatAge, formatJson, formatTime } from '../format.ts';
import { readCount, readJsonOption } from '../read-options.ts';
import type { CommonOptions, Session } from '../session.ts';
import { harmless } from '../text-width.ts';
import { UsageError } from '../usage-error.ts';

interface SendOptions extends CommonOptions {
  readonly payload?: string;
  readonly id?: string;
  readonly priority?: Priority;
  readonly expires?: string;
  readonly ask?: boolean;
  readonly wait: string;
}

interface ListOptions extends CommonOptions {
  readonly mailbox?: string;
  readonly state?: string;
  readonly limit: string;
}

export function addMessageCommands(cli: Cli, program: Command): void {
  const messages = program.command('messages').description('what agents, people and services send each other');
  addSending(cli, messages);
  addReading(cli, messages);
  const dead = messages.command('dead').description('messages that nobody handled');
  const list = cli
    .add(dead, 'list', 'list dead letters with the reason')
    .option('--mailbox <address>', 'only those of one mailbox')
    .option('--limit <number>', 'how many at most', '50');
  cli.run<[], ListOptions>(list, (session, { options }) => listMessages(session, { ...options, state: 'dead' }));
  const show = cli.add(dead, 'show <mailbox> <message>', 'show one dead letter');
  cli.run<[string, string], CommonOptions>(show, (session, { args }) => showMessage(session, ...args));
  const redrive = cli.add(dead, 'redrive <mailbox> <message>', 'put one back, as if it had just come');
  cli.run<[string, string], CommonOptions>(redrive, async (session, { args: [mailbox, messageId] }) => {
    const message = await session.client.redriveMessage(mailbox, messageId);
    if (session.json) return session.printJson(message);
    session.print(`${messageId} waits in ${mailbox} again\n`);
  });
}

function addSending(cli: Cli, messages: Command): void {
  const send = cli
    .add(messages, 'send <to> [text]', 'send a message: to agent:NAME, role:NAME, topic:NAME, everyone, ...')
    .option('--payload <json>', 'JSON instead of text')
    .option('--id <id>', 'sent again with the same id it is the same message')
    .option('--priority <class>', 'urgent, high, normal or low')
    .option('--expires <time>', 'when nobody needs it any more, like 2030-01-31T12:00:00Z')
    .option('--ask', 'wait for an answer')
    .option('--wait <seconds>', 'how long to wait for it', '60');
  cli.run<[string, string | undefined], SendOptions>(send, async (session, { args: [to, text], options }) => {
    if ((text === undefined) === (options.payload === undefined))
      throw new UsageError('give either a text or --payload with JSON');
    const payload = options.payload === undefined ? { text: text ?? '' } : readJsonOption('--payload', options.payload);
    const sent = await session.client.postMessage({
      to,
      payload,
      ...(options.id === undefined ? {} : { messageId: options.id }),
      ...(options.priority === undefined ? {} : { priority: options.priority }),
      ...(options.expires === undefined ? {} : { expiresAt: options.expires }),
      ...(options.ask === true ? { question: true } : {}),
    });
    if (options.ask === true) return printAnswer(session, sent.messageId, readCount('--wait', options.wait));
    if (session.json) return session.printJson(sent);
    const where = sent.mailboxes.length === 0 ? 'nobody listens there' : `lies in ${sent.mailboxes.join(', ')}`;
    session.print(`${sent.messageId} ${where}\n`);
  });
}

const waitSecondsMax = 60;

async function printAnswer(session: Session, messageId: string, seconds: number): Promise<void> {
  let left = seconds;
  for (;;) {
    const wait = Math.min(left, waitSecondsMax);
    const answer = await session.client.awaitAnswer(messageId, wait);
    left -= wait;
    if (answer !== undefined) {
      if (session.json) return session.printJson(answer);
      return session.print(`${answer.from}: ${harmless(textOf(answer))}\n`);
    }
    if (left <= 0) {
      if (session.json) return session.printJson({ messageId });
      return session.print(`nobody has answered ${messageId} yet\n`);
    }
  }
}

function addReading(cli: Cli, messages: Command): void {
  const list = cli
    .add(messages, 'list', 'list messages, newest first')
    .option('--mailbox <address>', 'only those of one mailbox')
    .option('--state <state>', messageStates.join(', '))
    .option('--limit <number>', 'how many at most', '50');
  cli.run<[], ListOptions>(list, (session, { options }) => listMessages(session, options));
  const show = cli.add(messages, 'show <mailbox> <message>', 'show one message');
  cli.run<[string, string], CommonOptions>(show, (session, { args }) => showMessage(session, ...args));
  const mailboxes = cli.add(messages, 'mailboxes', 'list mailboxes and what waits in them');
  cli.run<[], CommonOptions>(mailboxes, async (session) => {
    const items = await session.client.listMailboxes();
    if (session.json) return session.printJson({ items });
    session.printTable(
      items,
      [
        { title: 'mailbox', text: (item) => item.mailbox, shrinks: true },
        { title: 'open', text: (item) => String(item.open) },
        { title: 'used', text: (item) => formatAge(item.usedAt, session.now()) },
      ],
      'no mailboxes',
    );
  });
}

async function listMessages(session: Session, { mailbox, state, limit }: ListOptions): Promise<void> {
  if (state !== undefined && !messageStates.includes(state as MessageState))
    throw new UsageError(`--state must be one of ${messageStates.join(', ')}, found ${state}`);
  const page = await session.client.listMessages({
    limit: readCount('--limit', limit),
    ...(mailbox === undefined ? {} : { mailbox }),
    ...(state === undefined ? {} : { state: state as MessageState }),
  });
  if (session.json) return session.printJson(page);
  session.printTable(
    page.items,
    [
      { title: 'message', text: (item) => item.messageId },
      { title: 'mailbox', text: (item) => item.mailbox, shrinks: true },
      { title: 'from', text: (item) => item.from, shrinks: true },
      { title: 'state', text: (item) => item.deadReason ?? item.state },
      { title: 'sent', text: (item) => formatAge(item.sentAt, session.now()) },
      { title: 'says', text: textOf, shrinks: true },
    ],
    'no messages',
  );
}

async function showMessage(session: Session, mailbox: string, messageId: string): Promise<void> {
  const message = await session.client.getMessage(mailbox, messageId);
  if (session.json) return session.printJson(message);
  const { deadReason, deadDetail } = message;
  const why =
    deadReason === undefined ? '' : ` (${deadReason}${deadDetail === undefined ? '' : `: ${harmless(deadDetail)}`})`;
  session.print(
    [
      `${messageId}  ${message.state}${why}`,
      `from ${message.from} to ${message.to}, in ${mailbox}, ${message.priority}${message.question ? ', a question' : ''}`,
      `sent ${formatTime(message.sentAt)}, handed out ${message.deliveries} times`,
      harmless(formatJson(message.payload)),
      '',
    ].join('\n'),
  );
}

function textOf({ payload }: Message): string {
  const isText = payload !== null && typeof payload === 'object' && 'text' in payload;
  const text = isText ? payload.text : payload;
  return typeof text === 'string' ? text : JSON.stringify(payload);
}
