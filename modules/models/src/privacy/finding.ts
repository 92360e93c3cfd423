// A sensitive value found in a text.

/** What a finding makes of the text that holds it. */
export type SensitiveClass = 'personal' | 'secret';

export const personalKinds = ['email', 'phone', 'iban', 'card', 'national-id', 'ip-address'] as const;
export const secretKinds = ['private-key', 'token', 'vendor-key', 'password'] as const;
export type SensitiveKind = (typeof personalKinds)[number] | (typeof secretKinds)[number];

export interface Finding {
  readonly kind: SensitiveKind;
  readonly dataClass: SensitiveClass;
  /** Which of the kind, e.g. `de-tax-id`, `github`. */
  readonly what: string;
  readonly start: number;
  /** Behind the last character. */
  readonly end: number;
}

/** Finds in one pass over the text: work grows with its length whatever it holds. May overlap; in any order. */
export type Detector = (text: string) => readonly Finding[];

export function personal(kind: (typeof personalKinds)[number], what: string, span: readonly [number, number]): Finding {
  return { kind, dataClass: 'personal', what, start: span[0], end: span[1] };
}

export function secret(kind: (typeof secretKinds)[number], what: string, span: readonly [number, number]): Finding {
  return { kind, dataClass: 'secret', what, start: span[0], end: span[1] };
}

/** In the order of the text, none overlapping: what overlaps becomes one, named by its gravest and longest part. */
export function mergeFindings(findings: readonly Finding[]): readonly Finding[] {
  const ordered = findings.toSorted((a, b) => a.start - b.start || b.end - a.end);
  const merged: Finding[] = [];
  for (const finding of ordered) {
    const last = merged.at(-1);
    if (last === undefined || finding.start >= last.end) merged.push(finding);
    else {
      const named = isGraver(finding, last) ? finding : last;
      merged[merged.length - 1] = { ...named, start: last.start, end: Math.max(last.end, finding.end) };
    }
  }
  return merged;
}

const isGraver = (one: Finding, other: Finding): boolean =>
  one.dataClass === other.dataClass ? one.end - one.start > other.end - other.start : one.dataClass === 'secret';
