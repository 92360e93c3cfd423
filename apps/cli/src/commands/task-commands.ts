import type { Step, Task } from '@chorale/lib-client';
import type { Command } from 'commander';
import type { Cli } from '../cli.ts';
import { formatDuration, formatJson, formatTime } from '../format.ts';
import { arrangeTasks, noteOf, printChanged, sayFailure, taskColumns, timeOf } from '../goal-table.ts';
import type { CommonOptions, Session } from '../session.ts';
import { colourOf } from '../style.ts';
import { harmless } from '../text-width.ts';
import { ClientError } from '@chorale/lib-client';
import { readCount } from '../read-options.ts';

export function addTaskCommands(cli: Cli, program: Command): void {
  const task = program.command('task').description("look at a goal's tasks, and talk to the agents that work on them");
  const list = cli
    .add(task, 'list <goal>', 'list the tasks of a goal')
    .option('--state <state>', 'only tasks in this state');
  cli.run<[string], CommonOptions & { readonly state?: string }>(list, async (session, { args: [goalId], options }) => {
    const all = await session.client.listTasks(goalId);
    const tasks = options.state === undefined ? all : all.filter((each) => each.state === options.state);
    if (session.json) return session.printJson({ items: tasks });
    session.printTable(arrangeTasks(tasks), taskColumns(session.now()), 'no tasks');
  });
  addShow(cli, task);
  addSteps(cli, task);
  addMessage(cli, task);
}

function addShow(cli: Cli, task: Command): void {
  const show = cli.add(task, 'show <goal> <task>', 'show one task, by key or number, with its attempts');
  cli.run<[string, string], CommonOptions>(show, async (session, { args: [goalId, name] }) => {
    const found = await findTask(session, goalId, name);
    const attempts = await session.client.listAttempts(goalId, found.no);
    if (session.json) return session.printJson({ task: found, attempts });
    printTask(session, found);
    if (attempts.length === 0) return;
    session.print('\n');
    session.printTable(
      attempts,
      [
        { title: 'try', text: (attempt) => String(attempt.attempt), align: 'right' },
        { title: 'outcome', text: (attempt) => attempt.outcome, colour: (attempt) => colourOf(attempt.outcome) },
        { title: 'started', text: (attempt) => formatTime(attempt.startedAt) },
        { title: 'time', text: (attempt) => formatDuration(attempt.finishedAt - attempt.startedAt), align: 'right' },
        { title: 'worker', text: (attempt) => attempt.workerId },
        { title: 'failure', text: (attempt) => attempt.failure?.message, shrinks: true },
      ],
      'no attempts',
    );
  });
}

function printTask(session: Session, task: Task): void {
  session.printFields([
    ['task', `${task.key} (number ${task.no})`],
    ['title', harmless(task.title ?? '')],
    ['kind', [task.kind, task.agent ?? task.tool, task.skill].filter((part) => part !== undefined).join(' ')],
    ['state', session.paint(colourOf(task.state), task.state)],
    ['why', task.failure === undefined ? harmless(noteOf(task)) : undefined],
    ['needs', task.needs.join(', ')],
    ['started', formatTime(task.startedAt)],
    ['time', timeOf(task, session.now())],
    ['worker', task.workerId],
    ['failure', task.failure === undefined ? undefined : sayFailure(task.failure)],
    ['output', task.output === undefined ? undefined : harmless(formatJson(task.output))],
  ]);
}

function addSteps(cli: Cli, task: Command): void {
  const steps = cli
    .add(task, 'steps <goal> <task>', "show the journal of a task's run")
    .option('--run <run>', 'an earlier run; default the latest');
  cli.run<[string, string], CommonOptions & { readonly run?: string }>(
    steps,
    async (session, { args: [goalId, name], options }) => {
      const found = await findTask(session, goalId, name);
      const filter = options.run === undefined ? {} : { run: readCount('--run', options.run) };
      const items = await session.client.listSteps(goalId, found.no, filter);
      if (session.json) return session.printJson({ items });
      session.printTable(
        items,
        [
          { title: 'step', text: (step) => String(step.stepNo), align: 'right' },
          { title: 'kind', text: (step) => step.kind },
          { title: 'name', text: (step) => step.name },
          { title: 'state', text: (step) => step.state, colour: (step) => colourOf(step.state) },
          { title: 'time', text: (step) => stepTime(step, session.now()), align: 'right' },
          { title: 'input', text: (step) => JSON.stringify(step.input), shrinks: true },
          {
            title: 'result',
            text: (step) => step.failure?.message ?? (step.output === undefined ? '' : JSON.stringify(step.output)),
            shrinks: true,
          },
        ],
        'no steps',
      );
    },
  );
}

interface MessageOptions extends CommonOptions {
  readonly messageId?: string;
}

function addMessage(cli: Cli, task: Command): void {
  const message = cli
    .add(
      task,
      'message <goal> <task> <text>',
      'say something to the agent that works on the task; it is in its next turn',
    )
    .option('--message-id <id>', 'the same id is heard once, however often it is sent');
  cli.run<[string, string, string], MessageOptions>(
    message,
    async (session, { args: [goalId, key, text], options: { messageId } }) => {
      const said = { text, ...(messageId === undefined ? {} : { messageId }) };
      printChanged(session, await session.client.sendMessage(goalId, key, said));
    },
  );
}

function stepTime(step: Step, now: number): string {
  return formatDuration((step.finishedAt ?? now) - step.startedAt);
}

/** By key, or by number where no key is that. */
async function findTask({ client }: Session, goalId: string, name: string): Promise<Task> {
  const tasks = await client.listTasks(goalId);
  const found = tasks.find((task) => task.key === name) ?? tasks.find((task) => String(task.no) === name);
  if (found !== undefined) return found;
  throw notFound(`goal ${goalId} has no task ${name}`, 'task-not-found');
}

/** For what the command itself looks up in a list: fails as it would had the server looked. */
export function notFound(detail: string, code: string): ClientError {
  const problem = {
    type: 'about:blank',
    title: 'Not Found',
    status: 404,
    detail,
    instance: 'none',
    code,
    family: 'refused',
    retryable: false,
  } as const;
  return new ClientError('problem', detail, { problem });
}
