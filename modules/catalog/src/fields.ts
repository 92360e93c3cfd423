// Typed access to frontmatter values. Each reader reports a value of the wrong shape and then behaves as if it were absent.

import type { ProblemList } from './frontmatter.ts';

export const namePattern = /^[a-z0-9]+(?:-[a-z0-9]+)*$/;
const nameLengthMax = 64;
export const descriptionLengthMax = 1024;

export class Fields {
  readonly values: Readonly<Record<string, unknown>>;
  readonly list: ProblemList;

  constructor(values: Readonly<Record<string, unknown>>, list: ProblemList) {
    this.values = values;
    this.list = list;
  }

  /** An error in strict mode, a warning in lenient mode. */
  complain(message: string, key: string): void {
    this.list.deviation('field-invalid', message, key);
  }

  text(key: string, lengthMax: number): string | undefined {
    const value = this.values[key];
    if (value === undefined || value === null) return undefined;
    if (typeof value !== 'string') {
      this.complain(`\`${key}\` must be text, found ${describe(value)}`, key);
      return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined;
    }
    const trimmed = value.trim();
    if (trimmed.length > lengthMax)
      this.complain(`\`${key}\` has ${trimmed.length} characters; at most ${lengthMax} are allowed`, key);
    return trimmed === '' ? undefined : trimmed;
  }

  requiredText(key: string, lengthMax: number): string | undefined {
    const value = this.text(key, lengthMax);
    if (value === undefined) this.list.error('field-missing', `\`${key}\` is required and must not be empty`, key);
    return value;
  }

  /** A list of texts. Lenient reading also takes one text with commas or spaces between the items. */
  textList(key: string): readonly string[] {
    const value = this.values[key];
    if (value === undefined || value === null) return [];
    if (Array.isArray(value) && value.every((item) => typeof item === 'string')) return value;
    if (typeof value === 'string' && this.list.mode === 'lenient') {
      this.complain(`\`${key}\` should be a list`, key);
      return value.split(/[\s,]+/).filter((item) => item !== '');
    }
    this.complain(`\`${key}\` must be a list of texts, found ${describe(value)}`, key);
    return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
  }

  record(key: string): Readonly<Record<string, unknown>> | undefined {
    const value = this.values[key];
    if (value === undefined || value === null) return undefined;
    if (isRecord(value)) return value;
    this.complain(`\`${key}\` must be a mapping, found ${describe(value)}`, key);
    return undefined;
  }

  /** The name rule is the same for agents and skills, and equals the name of the file or folder. */
  name(expected: string): string {
    const stated = this.text('name', nameLengthMax);
    if (stated === undefined) {
      this.list.deviation('field-missing', `\`name\` is required; expected \`${expected}\``, 'name');
      return expected;
    }
    if (!namePattern.test(stated)) {
      this.complain(`\`name\` may hold a-z, 0-9 and single hyphens between them, found \`${stated}\``, 'name');
      return this.#safeName(stated, expected);
    }
    if (stated !== expected) {
      this.list.deviation(
        'name-mismatch',
        `\`name\` is \`${stated}\` but the file's place says \`${expected}\``,
        'name',
      );
    }
    return stated;
  }

  /** Names become keys, arguments and parts of paths, so even a leniently read name fits the pattern. */
  #safeName(stated: string, expected: string): string {
    const slug = (text: string) =>
      text
        .toLowerCase()
        .replaceAll(/[^a-z0-9]+/g, '-')
        .replaceAll(/^-|-$/g, '');
    return (slug(stated) || slug(expected) || 'unnamed').slice(0, nameLengthMax).replace(/-$/, '');
  }

  refuseUnknown(known: readonly string[]): void {
    for (const key of Object.keys(this.values)) {
      if (known.includes(key)) continue;
      this.list.deviation('field-unknown', `\`${key}\` is not a known field; known are ${known.join(', ')}`, key);
    }
  }
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function describe(value: unknown): string {
  if (value === null) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' ? 'a mapping' : `the ${typeof value} ${JSON.stringify(value)}`;
}
