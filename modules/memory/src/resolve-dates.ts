// When what somebody speaks of was: `yesterday`, `last Tuesday`, `two weeks ago`, resolved against the time when they said it.
// UTC, and English; what is not recognised is left alone.

export interface ResolvedDate {
  /** As it stands in the text. */
  readonly phrase: string;
  /** From the beginning of the first day it may mean to the end of the last. */
  readonly from: number;
  readonly to: number;
}

const dayMs = 86_400_000;
const weekdays = 'sunday monday tuesday wednesday thursday friday saturday'.split(' ');
const months = 'january february march april may june july august september october november december'.split(' ');
/** Month in which it begins in the north; winter is that of the year in which it begins. */
const seasons: Readonly<Record<string, number>> = { spring: 2, summer: 5, autumn: 8, fall: 8, winter: 11 };
const numbers: Readonly<Record<string, number>> = Object.fromEntries(
  'one two three four five six seven eight nine ten eleven twelve'.split(' ').map((word, index) => [word, index + 1]),
);
const datesMax = 8;

type Resolve = (groups: Readonly<Record<string, string>>, at: Date) => readonly [from: number, to: number] | undefined;

const monthName = `(?<month>${months.join('|')})`;
const count = `(?<count>a|an|a couple of|\\d{1,3}|${Object.keys(numbers).join('|')})`;

const patterns: readonly (readonly [RegExp, Resolve])[] = [
  [/\b(?<iso>\d{4}-\d\d-\d\d)\b/gi, ({ iso }) => spanOfDay(Date.parse(`${iso}T00:00Z`))],
  [pattern(`(?<day>\\d{1,2})(?:st|nd|rd|th)? (?:of )?${monthName}(?:,? (?<year>\\d{4}))?`), dayOfMonth],
  [pattern(`${monthName} (?<day>\\d{1,2})(?:st|nd|rd|th)?(?!\\d)(?:,? (?<year>\\d{4}))?`), dayOfMonth],
  [
    /\b(?<which>day before yesterday|yesterday|last night|today|tonight|this (?:morning|afternoon|evening)|tomorrow)\b/gi,
    nearDay,
  ],
  [pattern(`(?:(?<which>last|past|next|this|on) )(?<weekday>${weekdays.join('|')})`), nearWeekday],
  [/\b(?<which>last|past|next|this) (?<unit>week|weekend|month|year)\b/gi, nearUnit],
  [pattern(`(?<which>last|next|this) ${monthName}`), nearMonth],
  [pattern(`(?<which>last|next|this) (?<season>${Object.keys(seasons).join('|')})`), nearSeason],
  [pattern(`${count} (?<unit>day|week|weekend|month|year)s? (?<which>ago)`), awayFrom],
  [pattern(`(?<which>in) ${count} (?<unit>day|week|month|year)s?(?: time)?`), awayFrom],
  [pattern(`in (?<year>(?:19|20)\\d\\d)`), ({ year }) => spanOfMonths(Number(year), 0, 12)],
];

function pattern(source: string): RegExp {
  return new RegExp(`\\b${source}\\b`, 'gi');
}

/** In the order in which they stand there. */
export function resolveDates(text: string, at: number): readonly ResolvedDate[] {
  const said = new Date(at);
  const found: (ResolvedDate & { readonly index: number })[] = [];
  for (const [form, resolve] of patterns) {
    for (const match of text.matchAll(form)) {
      const [phrase] = match;
      const groups = Object.fromEntries(
        Object.entries(match.groups ?? {}).map(([name, value]) => [name, (value ?? '').toLowerCase()]),
      );
      const span = resolve(groups, said);
      const { index } = match;
      const isInside = found.some((one) => index < one.index + one.phrase.length && one.index < index + phrase.length);
      if (span !== undefined && !isInside && !Number.isNaN(span[0]))
        found.push({ phrase, from: span[0], to: span[1], index });
    }
  }
  return found
    .toSorted((a, b) => a.index - b.index)
    .slice(0, datesMax)
    .map(({ phrase, from, to }) => ({ phrase, from, to }));
}

function startOfDay(date: Date, days = 0): number {
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate() + days);
}

function spanOfDay(start: number): readonly [number, number] {
  return [start, start + dayMs];
}

function spanOfMonths(year: number, month: number, count = 1): readonly [number, number] {
  return [Date.UTC(year, month), Date.UTC(year, month + count)];
}

/** A day without a year is the nearest one: in January, `5 December` was last month. */
function dayOfMonth({ day, month, year }: Readonly<Record<string, string>>, at: Date) {
  const [number, index] = [Number(day), months.indexOf(month!)];
  if (number < 1 || number > 31) return undefined;
  if (year !== '') return spanOfDay(Date.UTC(Number(year), index, number));
  const here = at.getUTCFullYear();
  const nearest = [here - 1, here, here + 1]
    .map((one) => Date.UTC(one, index, number))
    .toSorted((a, b) => Math.abs(a - at.getTime()) - Math.abs(b - at.getTime()))[0]!;
  return spanOfDay(nearest);
}

function nearDay({ which }: Readonly<Record<string, string>>, at: Date) {
  const days =
    which === 'tomorrow' ? 1 : which === 'day before yesterday' ? -2 : /^(yesterday|last)/.test(which!) ? -1 : 0;
  return spanOfDay(startOfDay(at, days));
}

/** `last Friday` is before today, `on Friday` the nearest one. */
function nearWeekday({ which, weekday }: Readonly<Record<string, string>>, at: Date) {
  const ahead = (weekdays.indexOf(weekday!) - at.getUTCDay() + 7) % 7;
  if (which === 'last' || which === 'past') return spanOfDay(startOfDay(at, ahead === 0 ? -7 : ahead - 7));
  if (which === 'next') return spanOfDay(startOfDay(at, ahead === 0 ? 7 : ahead));
  if (which === 'this') return spanOfDay(startOfDay(at, ahead));
  return spanOfDay(startOfDay(at, ahead > 3 ? ahead - 7 : ahead));
}

const sign = (which: string): number => (which === 'next' ? 1 : which === 'this' ? 0 : -1);

function nearUnit({ which, unit }: Readonly<Record<string, string>>, at: Date) {
  const by = sign(which!);
  if (unit === 'year') return spanOfMonths(at.getUTCFullYear() + by, 0, 12);
  if (unit === 'month') return spanOfMonths(at.getUTCFullYear(), at.getUTCMonth() + by);
  // Weeks begin on Monday; of a weekend that is not over, `last` is the one before.
  const monday = startOfDay(at, -((at.getUTCDay() + 6) % 7) + 7 * by);
  return unit === 'week'
    ? ([monday, monday + 7 * dayMs] as const)
    : ([monday + 5 * dayMs, monday + 7 * dayMs] as const);
}

function nearMonth({ which, month }: Readonly<Record<string, string>>, at: Date) {
  const index = months.indexOf(month!);
  const ahead = (index - at.getUTCMonth() + 12) % 12;
  const away = which === 'last' ? (ahead === 0 ? -12 : ahead - 12) : which === 'next' && ahead === 0 ? 12 : ahead;
  return spanOfMonths(at.getUTCFullYear(), at.getUTCMonth() + away);
}

function nearSeason({ which, season }: Readonly<Record<string, string>>, at: Date) {
  const begins = seasons[season!]!;
  const starts = [-2, -1, 0, 1].map((years) => spanOfMonths(at.getUTCFullYear() + years, begins, 3));
  const now = at.getTime();
  if (which === 'next') return starts.find(([from]) => from > now);
  if (which === 'last') return starts.findLast(([, to]) => to <= now);
  return starts.find(([, to]) => to > now);
}

function awayFrom({ count: said, unit, which }: Readonly<Record<string, string>>, at: Date) {
  const amount = said === 'a' || said === 'an' ? 1 : said === 'a couple of' ? 2 : (numbers[said!] ?? Number(said));
  const by = which === 'ago' ? -amount : amount;
  if (unit === 'year') return spanOfMonths(at.getUTCFullYear() + by, 0, 12);
  if (unit === 'month') return spanOfMonths(at.getUTCFullYear(), at.getUTCMonth() + by);
  if (unit === 'day') return spanOfDay(startOfDay(at, by));
  const monday = startOfDay(at, -((at.getUTCDay() + 6) % 7) + 7 * by);
  return unit === 'week'
    ? ([monday, monday + 7 * dayMs] as const)
    : ([monday + 5 * dayMs, monday + 7 * dayMs] as const);
}
