// Reads what is typed behind options.
import type { Json } from '@chorale/lib-client';
import { parse } from 'yaml';
import type { Surroundings } from './session.ts';
import { UsageError } from './usage-error.ts';

/** `--input name=value`, as text: the server reads it as the type that the workflow declares. */
export function readInputs(given: readonly string[]): { readonly [name: string]: string } {
  const inputs: Record<string, string> = {};
  for (const text of given) {
    const equals = text.indexOf('=');
    if (equals < 1) throw new UsageError(`--input ${text} has no value; write it like --input name=value`);
    const name = text.slice(0, equals);
    if (Object.hasOwn(inputs, name)) throw new UsageError(`--input ${name} is given twice`);
    inputs[name] = text.slice(equals + 1);
  }
  return inputs;
}

export function readJsonOption(option: string, text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch (cause) {
    throw new UsageError(`${option} must be JSON, found ${text}`, { cause });
  }
}

export function readCount(option: string, text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new UsageError(`${option} must be a whole number, found ${text}`);
}

export function readUsd(option: string, text: string): number {
  if (/^\d{1,7}(?:\.\d{1,9})?$/.test(text)) return Number(text);
  throw new UsageError(`${option} must be an amount in US dollars like 2.50, found ${text}`);
}

/** The content of a file, as YAML or as JSON, which YAML holds. */
export async function readDataFile({ readText }: Pick<Surroundings, 'readText'>, path: string): Promise<Json> {
  const text = await readText(path);
  try {
    return (parse(text, { prettyErrors: true, stringKeys: true }) ?? null) as Json;
  } catch (cause) {
    const [found = ''] = (cause instanceof Error ? cause.message : String(cause)).split('\n', 1);
    throw new UsageError(`${path} is neither YAML nor JSON: ${found}`, { cause });
  }
}

/** Of what has a limit, each as `name=number`. */
export function readQuotas<Name extends string>(
  given: readonly string[],
  names: readonly Name[],
): { readonly [Known in Name]?: number } {
  const read = given.map((text): [Name, number] => {
    const [, name, value] = /^(\w+)=(\d{1,15}(?:\.\d{1,4})?)$/.exec(text) ?? [];
    const known = names.find((one) => one === name);
    if (known === undefined)
      throw new UsageError(`--quota ${text} is none; write it like goals=100, with one of ${names.join(', ')}`);
    return [known, Number(value)];
  });
  return Object.fromEntries(read) as { readonly [Known in Name]?: number };
}
