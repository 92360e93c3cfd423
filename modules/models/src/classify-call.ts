// What a call is for and what it demands, seen from its words and its shape alone: no model is asked, so that it costs
// microseconds. Whoever knows better says so in the call's context.

import type { ChatRequest } from './conversation.ts';
import type { Capability } from './deployment.ts';
import { estimateRequestTokens } from './estimate-tokens.ts';
import type { CallContext, ModelCallRecord, TaskClass } from './model-call.ts';

export interface CallDemands {
  readonly operation: ModelCallRecord['operation'];
  readonly taskClass: TaskClass;
  readonly needs: readonly Capability[];
  /** As estimated. */
  readonly inputTokens: number;
  /** What is reserved for the input. */
  readonly inputTokensMost: number;
  /** How long the answer is expected to be. */
  readonly outputTokens: number;
  /** As asked for; undefined: the deployment's own limit. */
  readonly outputTokensMax: number | undefined;
  /** Which features it uses. A deployment that rejected one as unsupported is not sent others of the same shape. */
  readonly shape: string;
}

/** The words that speak for a class; the class with most of them wins, the earlier one when it is a tie. */
const signs: readonly (readonly [TaskClass, RegExp])[] = [
  [
    'code',
    /```|\b(code|function|class|bug|compile[rs]?|stack ?trace|refactor|unit tests?|typescript|javascript|python|rust|java|sql|regex|api|repository|pull request|exception|implement)\b|[;{}]\s*\n|=>|\(\)/gi,
  ],
  [
    'translate',
    /\b(translat(e|ion)|into (english|german|french|spanish|italian|chinese|japanese)|übersetze?n?|traduis|traduce)\b/gi,
  ],
  [
    'summarise',
    /\b(summar(y|ise|ize|ies)|tl;?dr|key points|in short|condense|abstract of|zusammenfass\w*|résum\w*)\b/gi,
  ],
  ['extract', /\b(extract|parse|fields?|json|csv|list all|find all|classif(y|ication)|label|entities|structured)\b/gi],
  ['plan', /\b(plan|steps?|milestones?|break (it|this) down|roadmap|schedule|strategy|organi[sz]e|decompose)\b/gi],
  [
    'reason',
    /\b(why|prove|proof|derive|calculate|solve|reason(ing)?|step by step|logic(al)?|theorem|equation|probability|compare|trade-?offs?|analy[sz]e)\b|\d\s*[+*/^=]\s*\d/gi,
  ],
];

/** Instructions stand at the beginning and at the end of what is said; what is between is mostly material. */
const readAtEachEnd = 1_500;
const chatLengthMax = 280;

export function classifyText(text: string): TaskClass {
  const read =
    text.length <= 2 * readAtEachEnd ? text : `${text.slice(0, readAtEachEnd)}\n${text.slice(-readAtEachEnd)}`;
  let best: TaskClass | undefined;
  let bestCount = 0;
  for (const [taskClass, pattern] of signs) {
    const count = read.match(pattern)?.length ?? 0;
    if (count > bestCount) [best, bestCount] = [taskClass, count];
  }
  return best ?? (text.length <= chatLengthMax ? 'chat' : 'other');
}

const outputTokensOf: Readonly<Record<TaskClass, number>> = {
  chat: 300,
  code: 900,
  extract: 250,
  summarise: 350,
  reason: 1_500,
  plan: 900,
  translate: 500,
  other: 500,
};

export function expectOutputTokens(taskClass: TaskClass, input: number, max: number | undefined): number {
  const expected = taskClass === 'translate' ? Math.max(outputTokensOf.translate, input) : outputTokensOf[taskClass];
  return Math.min(expected, max ?? expected);
}

function lastWords(request: ChatRequest): string {
  const user = request.messages.findLast((message) => message.role === 'user');
  return user?.parts.map((part) => (part.type === 'text' ? part.text : '')).join('\n') ?? '';
}

const optionalFields = ['temperature', 'topP', 'stop', 'seed', 'reasoningEffort', 'toolChoice'] as const;

export function classifyRequest(
  request: ChatRequest,
  context: Pick<CallContext, 'needs' | 'taskClass'> = {},
): CallDemands {
  const hasImages = request.messages.some(
    (message) => message.role === 'user' && message.parts.some((part) => part.type === 'image'),
  );
  const needs = new Set<Capability>(context.needs);
  if ((request.tools?.length ?? 0) > 0) needs.add('tools');
  if (request.output !== undefined) needs.add('json-schema');
  if (hasImages) needs.add('images');
  const taskClass = context.taskClass ?? classifyText(lastWords(request));
  const tokens = estimateRequestTokens(request);
  return {
    operation: 'chat',
    taskClass,
    needs: [...needs],
    inputTokens: tokens.expected,
    inputTokensMost: tokens.most,
    outputTokens: expectOutputTokens(taskClass, tokens.expected, request.outputTokensMax),
    outputTokensMax: request.outputTokensMax,
    shape: [...[...needs].toSorted(), ...optionalFields.filter((field) => request[field] !== undefined)].join('+'),
  };
}
