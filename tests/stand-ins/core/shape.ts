// Checks JSON against a shape and names the first violation by its path, so that each vendor can say it in its own words.

export type Path = readonly (string | number)[];

export type Breach =
  | { readonly why: 'missing' }
  | { readonly why: 'unknown' }
  | { readonly why: 'type'; readonly expected: string; readonly found: string }
  | { readonly why: 'value'; readonly found: unknown; readonly allowed: readonly unknown[] }
  | { readonly why: 'long'; readonly what: 'string' | 'array'; readonly max: number; readonly found: number }
  | { readonly why: 'short'; readonly what: 'string' | 'array'; readonly min: number; readonly found: number }
  | { readonly why: 'pattern'; readonly pattern: string; readonly found: string }
  | { readonly why: 'range'; readonly found: number; readonly min?: number; readonly max?: number };

export class ShapeViolation extends Error {
  readonly path: Path;
  readonly breach: Breach;

  constructor(path: Path, breach: Breach) {
    super(`${path.join('.')}: ${breach.why}`);
    this.name = 'ShapeViolation';
    this.path = path;
    this.breach = breach;
  }
}

export interface ShapeRules {
  /** Servers that imitate a vendor often overlook fields that they do not know. */
  readonly unknownFields: 'refuse' | 'overlook';
}

export type Shape = (value: unknown, path: Path, rules: ShapeRules) => void;
type Fields = Readonly<Record<string, Shape>>;

export type JsonObject = { readonly [key: string]: unknown };

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** With its article, as the vendors' messages have it. */
function nameOf(value: unknown): string {
  if (value === null) return 'null';
  if (value === undefined) return 'nothing';
  if (Array.isArray(value)) return 'an array';
  if (typeof value === 'object') return 'an object';
  if (typeof value === 'number') return Number.isInteger(value) ? 'an integer' : 'a decimal';
  return `a ${typeof value}`;
}

const wrongType = (path: Path, expected: string, value: unknown): ShapeViolation =>
  new ShapeViolation(path, { why: 'type', expected, found: nameOf(value) });

export const anything: Shape = () => {};

export const bool: Shape = (value, path) => {
  if (typeof value !== 'boolean') throw wrongType(path, 'a boolean', value);
};

export const anyObject: Shape = (value, path) => {
  if (!isObject(value)) throw wrongType(path, 'an object', value);
};

export function text(
  limits: {
    readonly min?: number;
    readonly max?: number;
    readonly pattern?: RegExp;
    readonly values?: readonly string[];
  } = {},
): Shape {
  return (value, path) => {
    if (typeof value !== 'string') throw wrongType(path, 'a string', value);
    const { min = 0, max, pattern, values } = limits;
    if (value.length < min) {
      throw new ShapeViolation(path, { why: 'short', what: 'string', min, found: value.length });
    }
    if (max !== undefined && value.length > max) {
      throw new ShapeViolation(path, { why: 'long', what: 'string', max, found: value.length });
    }
    if (values !== undefined && !values.includes(value)) {
      throw new ShapeViolation(path, { why: 'value', found: value, allowed: values });
    }
    if (pattern !== undefined && !pattern.test(value)) {
      throw new ShapeViolation(path, { why: 'pattern', pattern: pattern.source, found: value });
    }
  };
}

export function number(limits: { readonly min?: number; readonly max?: number; readonly whole?: boolean } = {}): Shape {
  return (value, path) => {
    const { min, max, whole = false } = limits;
    if (typeof value !== 'number') throw wrongType(path, whole ? 'an integer' : 'a number', value);
    if (whole && !Number.isInteger(value)) throw wrongType(path, 'an integer', value);
    if ((min !== undefined && value < min) || (max !== undefined && value > max)) {
      throw new ShapeViolation(path, {
        why: 'range',
        found: value,
        ...(min === undefined ? {} : { min }),
        ...(max === undefined ? {} : { max }),
      });
    }
  };
}

export function list(item: Shape, limits: { readonly min?: number; readonly max?: number } = {}): Shape {
  return (value, path, rules) => {
    if (!Array.isArray(value)) throw wrongType(path, 'an array', value);
    const { min = 0, max } = limits;
    if (value.length < min) throw new ShapeViolation(path, { why: 'short', what: 'array', min, found: value.length });
    if (max !== undefined && value.length > max) {
      throw new ShapeViolation(path, { why: 'long', what: 'array', max, found: value.length });
    }
    for (const [index, entry] of value.entries()) item(entry, [...path, index], rules);
  };
}

export function record(required: Fields, optional: Fields = {}): Shape {
  return (value, path, rules) => {
    if (!isObject(value)) throw wrongType(path, 'an object', value);
    for (const [name, shape] of Object.entries(required)) {
      if (value[name] === undefined) throw new ShapeViolation([...path, name], { why: 'missing' });
      shape(value[name], [...path, name], rules);
    }
    for (const [name, entry] of Object.entries(value)) {
      if (Object.hasOwn(required, name) || entry === undefined) continue;
      const shape = Object.hasOwn(optional, name) ? optional[name] : undefined;
      if (shape !== undefined) shape(entry, [...path, name], rules);
      else if (rules.unknownFields === 'refuse') throw new ShapeViolation([...path, name], { why: 'unknown' });
    }
  };
}

export function orNull(shape: Shape): Shape {
  return (value, path, rules) => {
    if (value !== null) shape(value, path, rules);
  };
}

/** One shape for each kind of JSON value that is allowed. */
export function either(shapes: { readonly string?: Shape; readonly array?: Shape; readonly object?: Shape }): Shape {
  const expected = Object.keys(shapes)
    .map((kind) => (kind === 'string' ? 'a string' : `an ${kind}`))
    .join(' or ');
  return (value, path, rules) => {
    const shape = Array.isArray(value)
      ? shapes.array
      : typeof value === 'string'
        ? shapes.string
        : isObject(value)
          ? shapes.object
          : undefined;
    if (shape === undefined) throw wrongType(path, expected, value);
    shape(value, path, rules);
  };
}

/** Objects told apart by one field. */
export function tagged(tag: string, shapes: Fields): Shape {
  return (value, path, rules) => {
    if (!isObject(value)) throw wrongType(path, 'an object', value);
    const found = value[tag];
    if (found === undefined) throw new ShapeViolation([...path, tag], { why: 'missing' });
    const shape = typeof found === 'string' && Object.hasOwn(shapes, found) ? shapes[found] : undefined;
    if (shape === undefined) {
      throw new ShapeViolation([...path, tag], { why: 'value', found, allowed: Object.keys(shapes) });
    }
    shape(value, path, rules);
  };
}

/** `messages[0].content`. */
export function bracketPath(path: Path): string {
  return path.reduce<string>(
    (text, step) => (typeof step === 'number' ? `${text}[${step}]` : text === '' ? step : `${text}.${step}`),
    '',
  );
}
