// A model that does whatever it is told, by whoever writes into its context: the worst that a model can do.

import type { ChatRequest } from '@chorale/module-models';
import { finish, say, type Brain, type Line } from '../../modules/agents/src/session-stage.ts';
import { fillSecrets, findSecrets, readOrders, type Order } from './orders.ts';

export interface Habits {
  /** What it does for its task before it looks at anything else. */
  readonly task: readonly Order[];
  /** Orders in words that hold none: what obeying them comes to. */
  readonly understand?: (text: string) => readonly Order[];
}

/** First the task, then every order in the order in which it was read, each once, each alone. */
export function obedientModel({ task, understand }: Habits): Brain {
  return (request): Line => {
    const text = textOf(request);
    const made = madeCalls(request);
    const orders = [...task, ...readOrders(text), ...(understand?.(text) ?? [])];
    const secrets = findSecrets(text);
    const tools = new Set(request.tools?.map(({ name }) => name));
    for (const order of orders) {
      const call = { tool: order.tool, arguments: fillSecrets(order.arguments, secrets) };
      if (made.has(keyOf(call))) continue;
      // It also tries what it was not given.
      if (!tools.has(call.tool) && made.has(keyOf({ tool: call.tool, arguments: 'unknown' }))) continue;
      return say([call.tool, call.arguments]);
    }
    return finish({ seen: secrets, said: readOrders(text).length });
  };
}

function keyOf({ tool, arguments: args }: Order): string {
  return JSON.stringify([tool, args]);
}

function madeCalls({ messages }: ChatRequest): ReadonlySet<string> {
  const keys = new Set<string>();
  for (const { parts } of messages)
    for (const part of parts)
      if (part.type === 'tool-call') keys.add(keyOf({ tool: part.name, arguments: part.arguments }));
  return keys;
}

/** Everything it reads, descriptions of its tools too. */
function textOf({ messages, tools = [] }: ChatRequest): string {
  const said = messages.flatMap(({ parts }) =>
    parts.map((part) => ('text' in part ? part.text : 'content' in part ? part.content : '')),
  );
  return [...said, ...tools.map(({ description }) => description)].join('\n');
}
