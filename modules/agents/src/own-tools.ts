// The tools that belong to the turn loop itself: how a result is given, how skills and long outputs are read, how an agent
// asks, delegates, plans, remembers and writes to others. The first are every agent's; the others are granted in its file.

import type { AgentDefinition } from '@chorale/module-catalog';
import type { JsonSchema } from './tool.ts';
import type { OutputOrigin } from './tool-effects.ts';

export interface OfferedTool {
  readonly name: string;
  readonly description: string;
  readonly inputSchema: JsonSchema;
  readonly readsOnly: boolean;
  /** Every call needs a person's leave. */
  readonly ask: boolean;
  /** Of the turn loop, not of the registry. */
  readonly own: boolean;
  /** Of the turn loop's own: each says itself what it read. */
  readonly gives: OutputOrigin;
}

export const ownToolNames = {
  finish: 'finish',
  activateSkill: 'activate-skill',
  readSkillFile: 'read-skill-file',
  readOutput: 'read-output',
  askPerson: 'ask-person',
  delegate: 'delegate',
  runPlan: 'run-plan',
  memorySearch: 'memory_search',
  memoryRemember: 'memory_remember',
  memoryForget: 'memory_forget',
  memoryNote: 'memory_note',
  sendMessage: 'send-message',
  askAgent: 'ask-agent',
  receiveMessages: 'receive-messages',
  answerMessage: 'answer-message',
} as const;

const text = (description: string, maxLength = 20_000): JsonSchema => ({
  type: 'string',
  description,
  minLength: 1,
  maxLength,
});

function closed(properties: { readonly [name: string]: JsonSchema }, required: readonly string[]): JsonSchema {
  return { type: 'object', properties, required, additionalProperties: false };
}

function own(name: string, description: string, inputSchema: JsonSchema): OfferedTool {
  return { name, description, inputSchema, readsOnly: false, ask: false, own: true, gives: 'echo' };
}

/** At most this many tasks are delegated at once. */
const delegatedAtOnceMax = 8;
const plannedTasksMax = 60;

const name = { type: 'string', pattern: '^[A-Za-z0-9][A-Za-z0-9._:@-]{0,99}$' } as const;
const key = { type: 'string', pattern: '^[A-Za-z_][A-Za-z0-9_-]{0,99}$' } as const;
const schemaOfOutput = {
  type: 'object',
  description: 'JSON Schema of what must be given; leave it out for free text.',
} as const;

const delegatedTask = closed(
  {
    key: { ...key, description: 'Short and unique, e.g. check_licences.' },
    agent: { ...name, description: 'Who does it.' },
    skill: { ...name, description: 'The skill it works through.' },
    task: text('What is to be done, whole: the agent knows nothing else.'),
    input: { description: 'What it is to be done with.' },
    output: schemaOfOutput,
  },
  ['key', 'agent', 'task'],
);

const plannedTask = closed(
  {
    key: { ...key, description: 'Short and unique, e.g. collect_sources.' },
    title: text('For people.', 300),
    agent: { ...name, description: 'Who does it. Give exactly one of agent, workflow and question.' },
    skill: { ...name, description: 'The skill the agent works through.' },
    workflow: { ...name, description: 'A workflow that is run as this task.' },
    question: text('What a person is asked; the plan waits for the answer.', 2_000),
    task: text('For an agent: what is to be done, whole.'),
    input: {
      description:
        'What it is done with; for a workflow, its inputs. A text may hold ${{ tasks.KEY.output }} of a task it needs.',
    },
    needs: { type: 'array', items: key, maxItems: 50, description: 'Keys of the tasks that must have ended before.' },
    output: schemaOfOutput,
    optional: { type: 'boolean', description: 'True when the goal can be reached without it.' },
  },
  ['key'],
);

const recipient = closed(
  {
    agent: { ...name, description: 'An agent, by its name.' },
    role: text('Whoever has this role; one of them gets it.', 120),
    topic: { ...key, description: 'All who receive this topic.' },
    everyone: { const: true, description: 'All agents of the goal that have a mailbox.' },
  },
  [],
);
const waitSeconds = (max: number): JsonSchema => ({
  type: 'integer',
  minimum: 0,
  maximum: max,
  description: 'How long to wait.',
});

const mailOffers: readonly OfferedTool[] = [
  own(
    ownToolNames.sendMessage,
    'Sends a message to other agents that work at this goal. Give exactly one of agent, role, topic and everyone.',
    closed({ to: recipient, text: text('What you say.') }, ['to', 'text']),
  ),
  own(
    ownToolNames.askAgent,
    'Asks another agent that works at this goal now, and waits for its answer.',
    closed({ to: recipient, question: text('One question, whole.'), waitSeconds: waitSeconds(600) }, [
      'to',
      'question',
    ]),
  ),
  own(
    ownToolNames.receiveMessages,
    'Gives the messages that others sent to you, to your role, to everyone and to topics you name from now on.',
    closed({ waitSeconds: waitSeconds(300), topics: { type: 'array', items: key, maxItems: 10 } }, []),
  ),
  own(
    ownToolNames.answerMessage,
    'Answers a question that you received.',
    closed({ message: text('Its id.', 200), text: text('The answer.') }, ['message', 'text']),
  ),
];

const offers: { readonly [tool: string]: OfferedTool } = {
  [ownToolNames.askPerson]: own(
    ownToolNames.askPerson,
    'Asks a person a question and waits for the answer, which may take long. Use it when the task cannot be done well without it.',
    closed(
      {
        question: text('One question, whole.', 2_000),
        choices: {
          type: 'array',
          items: { type: 'string', maxLength: 300 },
          maxItems: 10,
          description: 'Answers to choose from.',
        },
      },
      ['question'],
    ),
  ),
  [ownToolNames.delegate]: own(
    ownToolNames.delegate,
    'Gives tasks to other agents, side by side, and waits until all have ended. Gives the state and the output or failure of each.',
    closed({ tasks: { type: 'array', items: delegatedTask, minItems: 1, maxItems: delegatedAtOnceMax } }, ['tasks']),
  ),
  [ownToolNames.runPlan]: own(
    ownToolNames.runPlan,
    'Proposes a plan. It is checked, shown to a person where that is asked for, and then carried out; gives what came of it.',
    closed(
      {
        reason: text('Why this plan, in a sentence; what changed, when it is not the first.', 1_000),
        tasks: { type: 'array', items: plannedTask, minItems: 1, maxItems: plannedTasksMax },
        outputs: { type: 'object', description: 'What the goal gives, by name: ${{ tasks.KEY.output }}.' },
      },
      ['reason', 'tasks', 'outputs'],
    ),
  ),
  [ownToolNames.memorySearch]: own(
    ownToolNames.memorySearch,
    'Looks into what is remembered of earlier work, by words. Gives the best with their numbers and ids.',
    closed({ text: text('Words that must stand in it; the more of them, the better.', 1_000) }, ['text']),
  ),
  [ownToolNames.memoryRemember]: own(
    ownToolNames.memoryRemember,
    'Keeps something for later tasks of yours: one fact, whole, that you found out and that was not known.',
    closed({ text: text('In a sentence or two that are understood without this task.', 2_000) }, ['text']),
  ),
  [ownToolNames.memoryNote]: own(
    ownToolNames.memoryNote,
    'Leaves a note for the agents that begin after you at this goal. It goes when the goal ends; keep what is worth more with memory_remember.',
    closed({ text: text('A sentence or two.', 2_000) }, ['text']),
  ),
  [ownToolNames.memoryForget]: own(
    ownToolNames.memoryForget,
    'Says that something you kept is not true, or no longer. Only what is your own.',
    closed({ memory: text('Its id, as memory_search gives it.', 200) }, ['memory']),
  ),
  ...Object.fromEntries(mailOffers.map((offer) => [offer.name, offer])),
};

const readOutput = own(
  ownToolNames.readOutput,
  'Shows more of an output that was cut, or of an artifact ("$artifact" in an input or output).',
  closed(
    {
      from: text('The id of the call whose output was cut, or the sha256:... of an artifact.', 200),
      offset: { type: 'integer', minimum: 0, description: 'Characters to pass over.' },
    },
    ['from', 'offset'],
  ),
);

const skillTools: readonly OfferedTool[] = [
  own(ownToolNames.activateSkill, 'Shows how a skill of yours works, and its files.', closed({ name }, ['name'])),
  own(
    ownToolNames.readSkillFile,
    'Shows a file of a skill of yours.',
    closed({ skill: name, path: text('As listed by activate-skill.', 500) }, ['skill', 'path']),
  ),
];

/** Those that this agent has; a new list. */
export function offerOwnTools({
  agent,
  output,
}: {
  readonly agent: AgentDefinition;
  readonly output: JsonSchema | undefined;
}): OfferedTool[] {
  const result = output ?? { description: 'Text, or JSON.' };
  const finish = own(
    ownToolNames.finish,
    'Ends the task with its result. Call it alone.',
    closed({ result }, ['result']),
  );
  const granted = agent.tools.flatMap(({ tool, ask }) => {
    const offer = Object.hasOwn(offers, tool) ? offers[tool] : undefined;
    return offer === undefined ? [] : [{ ...offer, ask: ask === true && tool !== ownToolNames.askPerson }];
  });
  return [finish, readOutput, ...(agent.skills.length > 0 ? skillTools : []), ...granted];
}
