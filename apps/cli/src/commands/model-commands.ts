// `chorale models`, `chorale calls`: which models there are, and why one was chosen.
import type {
  ModelCall,
  ModelCallDetails,
  ModelCandidate,
  ModelDeployment,
  ModelLearning,
  OutcomeCount,
} from '@chorale/lib-client';
import type { Command } from 'commander';
import type { Cli } from '../cli.ts';
import { type ExitCode, exitCodes } from '../exit-code.ts';
import { formatAge, formatDuration, formatTime } from '../format.ts';
import { formatUsd } from '../format-usd.ts';
import { readCount } from '../read-options.ts';
import type { CommonOptions, Session } from '../session.ts';
import { colourOf } from '../style.ts';
import { UsageError } from '../usage-error.ts';

export function addModelCommands(cli: Cli, program: Command): void {
  const models = program.command('models').description('the models that calls can go to');
  addList(cli, models);
  addProbe(cli, models);
  addTest(cli, models);
  addRate(cli, models);
  addLearned(cli, models);
  const calls = program.command('calls').description('calls to models, and why each went where it went');
  addCallList(cli, calls);
  addCallShow(cli, calls);
}

function addList(cli: Cli, parent: Command): void {
  const list = cli.add(parent, 'list', 'list models with prices, health and latency');
  cli.run<[], CommonOptions>(list, async (session) => {
    const items = await session.client.listDeployments();
    if (session.json) return session.printJson({ items });
    session.printTable(
      items,
      [
        { title: 'deployment', text: (item) => item.deploymentId, shrinks: true },
        { title: 'state', text: sayState, colour: ({ state }) => colourOf(state) },
        { title: 'in/out per M', text: sayPrices, align: 'right' },
        { title: 'context', text: ({ contextTokens }) => sayTokens(contextTokens), align: 'right' },
        { title: 'retention', text: (item) => item.retention },
        { title: 'first byte', text: (item) => formatDuration(item.firstByteMs), align: 'right' },
        { title: 'busy', text: (item) => String(item.inFlight), align: 'right' },
        { title: 'can', text: (item) => item.capabilities.join(' '), shrinks: true },
      ],
      'no models; `chorale doctor` says what to configure',
    );
  });
}

function sayState({ state, coolingBecause }: ModelDeployment): string {
  return coolingBecause === undefined ? state : `${state}: ${coolingBecause}`;
}

function sayPrices({ prices }: ModelDeployment): string {
  return prices === undefined ? 'unknown' : `${formatUsd(prices.inputUsd)}/${formatUsd(prices.outputUsd)}`;
}

function sayTokens(tokens: number): string {
  return tokens >= 1_000_000 ? `${(tokens / 1_000_000).toFixed(1)}M` : `${Math.round(tokens / 1_000)}k`;
}

function addProbe(cli: Cli, parent: Command): void {
  const probe = cli.add(parent, 'probe', 'ask every provider anew which models it has');
  cli.run<[], CommonOptions>(probe, async (session) => {
    const found = await session.client.probeDeployments();
    if (session.json) session.printJson(found);
    else {
      session.printTable(
        found.providers,
        [
          { title: 'provider', text: (item) => item.name },
          { title: 'kind', text: (item) => item.kind },
          { title: 'found', text: (item) => item.found },
          { title: 'models', text: (item) => String(item.deployments), align: 'right' },
          { title: 'problem', text: (item) => item.problem ?? '', colour: () => 'red', shrinks: true },
        ],
        'no providers; `chorale doctor` says what to configure',
      );
    }
    return found.providers.some(({ problem }) => problem !== undefined) ? exitCodes.goalFailed : exitCodes.ok;
  });
}

function addTest(cli: Cli, parent: Command): void {
  const test = cli.add(parent, 'test <deployment>', 'send one small call there; costs what it costs');
  cli.run<[string], CommonOptions>(test, async (session, { args: [deploymentId] }): Promise<ExitCode> => {
    const result = await session.client.testDeployment(deploymentId);
    if (session.json) session.printJson(result);
    else
      session.printFields([
        ['deployment', result.deploymentId],
        ['result', session.paint(result.ok ? 'green' : 'red', result.ok ? 'answered' : 'failed')],
        ['answer', result.answer],
        ['model', result.model],
        ['took', formatDuration(result.durationMs)],
        ['cost', formatUsd(result.costUsd)],
        ['failure', result.failure === undefined ? undefined : `${result.failure.message} (${result.failure.code})`],
        ['call', result.callId],
      ]);
    return result.ok ? exitCodes.ok : exitCodes.goalFailed;
  });
}

function addRate(cli: Cli, parent: Command): void {
  const rate = cli.add(
    parent,
    'rate <call> <verdict>',
    'say how a model did at a call, `good` or `bad`; routing learns',
  );
  cli.run<[string, string], CommonOptions>(rate, async (session, { args: [callId, verdict] }) => {
    if (verdict !== 'good' && verdict !== 'bad')
      throw new UsageError(`the verdict is ${JSON.stringify(verdict)}; say good or bad`);
    const outcome = await session.client.rateModelCall(callId, verdict === 'good');
    if (session.json) session.printJson(outcome);
    else session.print(`call ${callId} was ${verdict}\n`);
  });
}

function addLearned(cli: Cli, parent: Command): void {
  const learned = cli.add(parent, 'learned', 'show what was learned of the models from how calls went');
  cli.run<[], CommonOptions>(learned, async (session) => {
    const learning = await session.client.getModelLearning();
    if (session.json) return session.printJson(learning);
    const models = learning.learned?.models ?? [];
    session.printTable(
      sumByModel(learning.outcomes),
      [
        { title: 'model', text: ({ model }) => model, shrinks: true },
        { title: 'good', text: ({ good }) => String(good), align: 'right' },
        { title: 'bad', text: ({ bad }) => String(bad), align: 'right' },
        { title: 'learned from', text: ({ model }) => sayLearnedFrom(models, model), align: 'right' },
      ],
      'no outcomes; `chorale models rate` says how a model did at a call',
    );
    session.print(`\n${sayLearning(learning, session)}\n`);
    const lines = (learning.learned?.lines ?? []).flatMap(({ weak, strong, strategies }) =>
      strategies.map((one) => ({ ...one, weak, strong })),
    );
    if (lines.length === 0) return;
    session.print('\n');
    session.printTable(
      lines,
      [
        { title: 'strategy', text: ({ strategy }) => strategy },
        { title: 'instead of', text: ({ weak }) => weak, shrinks: true },
        { title: 'asks', text: ({ strong }) => strong, shrinks: true },
        { title: 'from a gain of', text: ({ threshold }) => threshold.toFixed(3), align: 'right' },
        { title: 'keeps', text: ({ kept }) => `${Math.round(kept * 100)} %`, align: 'right' },
        { title: 'with', text: ({ strongShare }) => `${Math.round(strongShare * 100)} % of calls`, align: 'right' },
      ],
      '',
    );
  });
}

type Learned = NonNullable<ModelLearning['learned']>;

function sumByModel(outcomes: ModelLearning['outcomes']): readonly Pick<OutcomeCount, 'model' | 'good' | 'bad'>[] {
  const sums = new Map<string, { model: string; good: number; bad: number }>();
  for (const { model, good, bad } of outcomes) {
    const sum = sums.get(model) ?? { model, good: 0, bad: 0 };
    sums.set(model, { model, good: sum.good + good, bad: sum.bad + bad });
  }
  return [...sums.values()];
}

function sayLearnedFrom(models: Learned['models'], name: string): string {
  const found = models.find(({ model }) => model === name);
  return found === undefined ? '' : String(found.outcomes);
}

function sayLearning({ learned, outcomesMin }: ModelLearning, session: Session): string {
  if (learned === undefined)
    return `nothing is learned yet: it takes ${outcomesMin} outcomes of a model whose calls left a choice`;
  const when = formatAge(learned.trainedAt, session.now());
  const lines = learned.lines.length === 0 ? ', without a line: no model was seen to be better than another' : '';
  return `version ${learned.version}, learned ${when}${lines}`;
}

interface CallListOptions extends CommonOptions {
  readonly goal?: string;
  readonly key?: string;
  readonly limit: string;
  readonly after?: string;
}

function addCallList(cli: Cli, parent: Command): void {
  const list = cli
    .add(parent, 'list', 'list calls, newest first')
    .option('--goal <goal>', 'only calls for this goal')
    .option('--key <key>', 'only calls with this key')
    .option('--limit <count>', 'how many at most', '30')
    .option('--after <cursor>', '`next` of the page before, which --json prints');
  cli.run<[], CallListOptions>(list, async (session, { options }) => {
    const { goal, key, after } = options;
    const page = await session.client.listModelCalls({
      limit: readCount('--limit', options.limit),
      ...(goal === undefined ? {} : { goal }),
      ...(key === undefined ? {} : { key }),
      ...(after === undefined ? {} : { after }),
    });
    if (session.json) return session.printJson(page);
    session.printTable(page.items, callColumns(session), 'no calls');
  });
}

function callColumns(session: Session) {
  return [
    { title: 'call', text: (item: ModelCall) => item.callId },
    { title: 'ended', text: (item: ModelCall) => formatAge(item.endedAt, session.now()) },
    { title: 'deployment', text: (item: ModelCall) => item.deploymentId ?? '', shrinks: true },
    { title: 'for', text: (item: ModelCall) => item.agent ?? item.keyId ?? '', shrinks: true },
    { title: 'took', text: (item: ModelCall) => formatDuration(item.endedAt - item.startedAt), align: 'right' },
    { title: 'tokens', text: ({ usage }: ModelCall) => sayUsage(usage), align: 'right' },
    { title: 'cost', text: (item: ModelCall) => formatUsd(item.costUsd), align: 'right' },
    {
      title: 'result',
      text: ({ failure, cache }: ModelCall) => failure?.code ?? (cache === 'none' ? 'answered' : 'cached'),
      colour: ({ failure }: ModelCall) => (failure === undefined ? ('green' as const) : ('red' as const)),
    },
  ] as const;
}

function sayUsage(usage: ModelCall['usage']): string {
  return usage === undefined ? '' : `${usage.inputTokens}+${usage.outputTokens}`;
}

function addCallShow(cli: Cli, parent: Command): void {
  const show = cli.add(parent, 'show <call>', 'show one call: why this model, what was tried, what it cost');
  cli.run<[string], CommonOptions>(show, async (session, { args: [callId] }) => {
    const call = await session.client.getModelCall(callId);
    if (session.json) return session.printJson(call);
    for (const sentence of call.explanation) session.print(`${sentence}\n`);
    session.print('\n');
    session.printFields(callFields(call));
    session.print('\n');
    session.printTable(call.candidates, candidateColumns(call), 'no candidates');
    if (call.tries.length > 1) {
      session.print('\n');
      session.printTable(
        call.tries,
        [
          { title: 'tried', text: (item) => item.deploymentId },
          { title: 'after', text: (item) => formatDuration(item.startedAt - call.startedAt), align: 'right' },
          { title: 'took', text: (item) => formatDuration(item.endedAt - item.startedAt), align: 'right' },
          { title: 'failure', text: (item) => item.failure?.message ?? '', shrinks: true },
        ],
        '',
      );
    }
  });
}

function callFields(call: ModelCallDetails): readonly (readonly [string, string | undefined])[] {
  const { usage } = call;
  return [
    ['call', call.callId],
    ['asked for', call.requested.length === 0 ? 'any model' : call.requested.join(', ')],
    ['strategy', `${call.strategy}${call.strategyBy === undefined ? '' : `, the word of the ${call.strategyBy}`}`],
    ['class', `${call.taskClass}, ${call.dataClass} data${call.masked > 0 ? `, ${call.masked} values masked` : ''}`],
    ['goal', call.goalId],
    ['agent', call.agent],
    ['key', call.keyId],
    ['began', formatTime(call.startedAt)],
    ['took', formatDuration(call.endedAt - call.startedAt)],
    ['tokens', usage === undefined ? undefined : `${sayUsage(usage)}, ${usage.cachedInputTokens} of the input cached`],
    ['cost', `${formatUsd(call.costUsd)}${call.assumed ? ', in part assumed' : ''}`],
    ['failure', call.failure === undefined ? undefined : `${call.failure.message} (${call.failure.code})`],
  ];
}

function sayQuality({ score }: ModelCandidate): string {
  return score === undefined ? '' : `${score.quality.toFixed(2)}${score.learned === true ? ' learned' : ''}`;
}

function candidateColumns(call: ModelCallDetails) {
  const isChosen = ({ deploymentId }: ModelCandidate): boolean => deploymentId === call.deploymentId;
  return [
    { title: '', text: (item: ModelCandidate) => (isChosen(item) ? '*' : '') },
    { title: 'candidate', text: (item: ModelCandidate) => item.deploymentId, shrinks: true },
    { title: 'score', text: ({ score }: ModelCandidate) => score?.total.toFixed(3) ?? '', align: 'right' },
    { title: 'quality', text: sayQuality, align: 'right' },
    {
      title: 'cost',
      text: ({ score }: ModelCandidate) => (score === undefined ? '' : formatUsd(score.costUsd)),
      align: 'right',
    },
    {
      title: 'latency',
      text: ({ score }: ModelCandidate) => (score === undefined ? '' : formatDuration(score.latencyMs)),
      align: 'right',
    },
    {
      title: 'passed over',
      text: ({ excluded }: ModelCandidate) => (excluded === undefined ? '' : `${excluded.why}: ${excluded.detail}`),
      shrinks: true,
    },
  ] as const;
}
