// From what a person or a program gives to the inputs a goal runs with.
import { refused } from '@chorale/lib-errors';
import { didYouMean, fitsInput, type InputDefinition, type Json, type PlanDefinition } from '@chorale/module-goals';

/**
 * Texts are read as the input's type asks (`5`, `true`, `a,b` or JSON), defaults are filled in, and an input that was
 * not given and has no default is null, so that expressions may always ask for it.
 * Throws `inputs-invalid`, naming everything that is missing, unknown or wrong.
 */
export function resolveInputs(
  definition: Pick<PlanDefinition, 'workflow' | 'inputs'>,
  given: Readonly<Record<string, Json>>,
): Record<string, Json> {
  const mistakes: string[] = [];
  const names = Object.keys(definition.inputs);
  for (const name of Object.keys(given)) {
    if (!Object.hasOwn(definition.inputs, name))
      mistakes.push(`there is no input \`${name}\`${didYouMean(name, names)}`);
  }
  const pairs = Object.entries(definition.inputs).map(([name, input]): [string, Json] => {
    const value = (Object.hasOwn(given, name) ? given[name] : undefined) ?? input.default ?? null;
    if (value === null) {
      if (input.required === true) mistakes.push(`\`${name}\` (${input.type}) is missing`);
      return [name, null];
    }
    const read = typeof value === 'string' ? readText(input, value) : value;
    if (read !== undefined && fitsInput(input, read)) return [name, read];
    mistakes.push(`\`${name}\` must be ${descriptions[input.type]}, found ${JSON.stringify(value)}`);
    return [name, null];
  });
  if (mistakes.length === 0) return Object.fromEntries(pairs);
  throw refused('inputs-invalid', `the inputs of \`${definition.workflow}\` are not right: ${mistakes.join('; ')}`, {
    action: names.length === 0 ? 'the workflow takes no inputs' : `give ${names.map(showName).join(', ')}`,
    data: { mistakes },
  });

  function showName(name: string): string {
    return definition.inputs[name]?.required === true ? `${name} (required)` : name;
  }
}

const descriptions: Readonly<Record<InputDefinition['type'], string>> = {
  string: 'a text',
  number: 'a number',
  boolean: 'true or false',
  list: 'a list: JSON such as ["a","b"], or texts with commas between them',
  object: 'an object: JSON such as {"a":1}',
};

function readText({ type }: InputDefinition, text: string): Json | undefined {
  switch (type) {
    case 'string':
      return text;
    case 'number':
      return /^[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d{1,3})?$/.test(text.trim()) ? finite(Number(text)) : undefined;
    case 'boolean':
      return text === 'true' ? true : text === 'false' ? false : undefined;
    case 'list':
      if (!text.trimStart().startsWith('[')) return text === '' ? [] : text.split(',').map((part) => part.trim());
      return readJson(text);
    case 'object':
      return readJson(text);
  }
}

function finite(value: number): number | undefined {
  return Number.isFinite(value) ? value : undefined;
}

function readJson(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    // What is not JSON is a wrong input like any other; the caller names it.
    return undefined;
  }
}
