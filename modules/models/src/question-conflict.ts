// Whether two questions that a model of embeddings takes for nearly the same ask for different things all the same.
//
// Embeddings put "the capital of France" beside "the capital of Spain", and "enable" beside "disable". What differs there is
// small in the text and all in the meaning, and it can be read off the words: numbers, negations, names, opposites, the kind
// of question, their order, and other words in one place only. Strict on purpose: a wrong conflict costs a call, a missed one a wrong
// answer. It knows English; of other languages numbers, names, order and single words are compared.

export type QuestionConflict = 'numbers' | 'negation' | 'names' | 'opposites' | 'kind' | 'order' | 'one-place';

interface Word {
  readonly text: string;
  readonly stem: string;
  readonly isName: boolean;
}

const numerals = 'zero one two three four five six seven eight nine ten eleven twelve'.split(' ');
/** "One" is mostly no number. */
const numberWords = new Map(numerals.flatMap((word, value) => (word === 'one' ? [] : [[word, String(value)]])));

const negations = new Set(
  "not no never none nothing nobody nowhere neither nor without cannot except unless n't hardly barely lack lacks".split(
    ' ',
  ),
);

const opposites: readonly (readonly [string, string])[] = [
  ['before', 'after'],
  ['increase', 'decrease'],
  ['raise', 'lower'],
  ['min', 'max'],
  ['minimum', 'maximum'],
  ['minimal', 'maximal'],
  ['first', 'last'],
  ['open', 'close'],
  ['enable', 'disable'],
  ['add', 'remove'],
  ['create', 'delete'],
  ['buy', 'sell'],
  ['start', 'stop'],
  ['begin', 'end'],
  ['more', 'less'],
  ['most', 'least'],
  ['best', 'worst'],
  ['better', 'worse'],
  ['good', 'bad'],
  ['import', 'export'],
  ['encode', 'decode'],
  ['encrypt', 'decrypt'],
  ['upload', 'download'],
  ['push', 'pull'],
  ['read', 'write'],
  ['send', 'receive'],
  ['up', 'down'],
  ['left', 'right'],
  ['above', 'below'],
  ['over', 'under'],
  ['high', 'low'],
  ['highest', 'lowest'],
  ['long', 'short'],
  ['large', 'small'],
  ['largest', 'smallest'],
  ['hot', 'cold'],
  ['old', 'new'],
  ['oldest', 'newest'],
  ['early', 'late'],
  ['earliest', 'latest'],
  ['fast', 'slow'],
  ['true', 'false'],
  ['allow', 'forbid'],
  ['accept', 'reject'],
  ['include', 'exclude'],
  ['internal', 'external'],
  ['public', 'private'],
  ['positive', 'negative'],
  ['male', 'female'],
  ['pros', 'cons'],
  ['advantage', 'disadvantage'],
  ['always', 'never'],
  ['all', 'none'],
  ['win', 'lose'],
  ['gain', 'loss'],
  ['north', 'south'],
  ['east', 'west'],
];
const oppositeOf = new Map(opposites.flatMap(([one, other]) => [[one, other] as const, [other, one] as const]));

/** Prefixes that turn a word round. */
const reversing = /^(?:un|dis|non|in|im|ir|il|de|mis)/;

/** What a question asks for, as far as its word says it. */
const kinds = new Map([
  ['who', 'person'],
  ['whom', 'person'],
  ['whose', 'person'],
  ['when', 'time'],
  ['where', 'place'],
  ['why', 'reason'],
]);
/** "how many", "how much", "how long" and the like ask for a measure. */
const measures = new Set('many much long old often far tall high big large deep fast'.split(' '));

/** They carry the form of a question, not what it is about. */
const fillers = new Set(
  (
    'a an the one ones ca wo of in on at by for with and or is are was were be been being am do does did can could would should shall will ' +
    'may might must have has had i me my we us our you your it its this that these those there here what which how who whom ' +
    'whose when where why please tell give explain show say describe let know want need help some any as so if then than ' +
    "s 's thanks thank hi hello to from into about just really exactly actually"
  ).split(' '),
);

function stemOf(word: string): string {
  if (word.length > 4 && word.endsWith('ies')) return `${word.slice(0, -3)}y`;
  const ending = ['ing', 'es', 'ed', 's', 'e'].find((one) => word.length > one.length + 2 && word.endsWith(one));
  return ending === undefined ? word : word.slice(0, -ending.length);
}

const wordPattern = /n't\b|[\p{L}\p{N}](?:[\p{L}\p{N}_.@/:#+-]*[\p{L}\p{N}_#+])?/gu;

function readWords(text: string): readonly Word[] {
  const words: Word[] = [];
  // "don't" is a negation of its own, and its first half is a filler.
  const plain = text.replaceAll('\u2019', "'").replaceAll(/n't\b/gi, " n't");
  let end = 0;
  for (const found of plain.matchAll(wordPattern)) {
    const raw = found[0];
    const lower = numberWords.get(raw.toLowerCase()) ?? raw.toLowerCase();
    const beginsSentence = end === 0 || /[.!?:\n]/.test(plain.slice(end, found.index));
    end = found.index + raw.length;
    const isSign = /[_.@/#+:]|\p{L}\d|\d\p{L}/u.test(raw) || /\p{Lu}.*\p{Lu}|\p{Ll}\p{Lu}/u.test(raw);
    const isName = isSign || (/^\p{Lu}/u.test(raw) && raw.length > 1 && !beginsSentence);
    words.push({ text: lower, stem: stemOf(lower), isName });
  }
  return words;
}

const numbersOf = (words: readonly Word[]): string =>
  words.flatMap(({ text }) => (/\d/.test(text) ? [text] : [])).join(' ');

const isNegative = (words: readonly Word[]): boolean =>
  words.filter(({ text }) => negations.has(text)).length % 2 === 1;

function kindOf(words: readonly Word[]): string {
  const found = new Set<string>();
  for (const [at, { text }] of words.entries()) {
    const kind =
      text === 'how' && measures.has(words[at + 1]?.text ?? '') ? `how ${words[at + 1]?.text}` : kinds.get(text);
    if (kind !== undefined) found.add(kind);
  }
  return [...found].toSorted().join();
}

const namesOf = (words: readonly Word[]): readonly string[] =>
  words.filter(({ isName, text }) => isName && !fillers.has(text)).map(({ stem }) => stem);

/** Each name of one is a word of the other, in the same order. */
function namesConflict(one: readonly Word[], other: readonly Word[]): boolean {
  const names = new Set([...namesOf(one), ...namesOf(other)]);
  const inOrder = (words: readonly Word[]): string =>
    words.flatMap(({ stem }) => (names.has(stem) ? [stem] : [])).join(' ');
  return inOrder(one) !== inOrder(other);
}

function areOpposite(one: readonly Word[], other: readonly Word[]): boolean {
  for (const form of ['text', 'stem'] as const) {
    const [left, right] = [new Set(one.map((word) => word[form])), new Set(other.map((word) => word[form]))];
    if (isTurned(left, right) || isTurned(right, left)) return true;
  }
  return false;
}

/** A word of one has its opposite in the other, and not the word itself. */
function isTurned(one: ReadonlySet<string>, other: ReadonlySet<string>): boolean {
  for (const word of one) {
    if (other.has(word)) continue;
    const opposite = oppositeOf.get(word);
    if (opposite !== undefined && other.has(opposite) && !one.has(opposite)) return true;
    const bare = word.replace(reversing, '');
    if (bare.length >= 3 && bare !== word && other.has(bare) && !one.has(bare)) return true;
  }
  return false;
}

/** A letter left out, doubled or out of place; another letter in its place makes another word. */
function isSlip(one: string, other: string): boolean {
  const [short, long] = one.length < other.length ? [one, other] : [other, one];
  if (short.length < 5 || long.length - short.length > 1) return false;
  let start = 0;
  while (start < short.length && short[start] === long[start]) start++;
  if (long.length > short.length) return short.slice(start) === long.slice(start + 1);
  const isTwisted = short[start] === long[start + 1] && short[start + 1] === long[start];
  return isTwisted && short.slice(start + 2) === long.slice(start + 2);
}

/** So many words stand for one thing. */
const placeWordsMax = 4;

/**
 * Words of the same in another order, more words on one side, or another word or two in one place. Who says the same in other
 * words says it otherwise in more than one place.
 */
function compareContent(one: readonly string[], other: readonly string[]): 'order' | 'one-place' | undefined {
  let start = 0;
  while (start < one.length && one[start] === other[start]) start++;
  let end = 0;
  const short = Math.min(one.length, other.length);
  while (end < short - start && one.at(-1 - end) === other.at(-1 - end)) end++;
  const [left, right] = [one.slice(start, one.length - end), other.slice(start, other.length - end)];
  if (left.length === 0 && right.length === 0) return undefined;
  if (left.toSorted().join(' ') === right.toSorted().join(' ')) return 'order';
  if (left.length === 1 && right.length === 1 && isSlip(left[0]!, right[0]!)) return undefined;
  if (one.every((word) => other.includes(word)) || other.every((word) => one.includes(word))) return 'one-place';
  const isOnePlace =
    left.length <= placeWordsMax && right.length <= placeWordsMax && !left.some((word) => right.includes(word));
  return isOnePlace && start + end > 0 ? 'one-place' : undefined;
}

const stemsOf = (words: readonly Word[]): readonly string[] =>
  words.flatMap(({ text, stem }) => (fillers.has(text) || negations.has(text) ? [] : [stem]));

/** Why the answer to one must not be given for the other; undefined: nothing speaks against it. */
export function findQuestionConflict(one: string, other: string): QuestionConflict | undefined {
  const [left, right] = [readWords(one), readWords(other)];
  if (numbersOf(left) !== numbersOf(right)) return 'numbers';
  if (isNegative(left) !== isNegative(right)) return 'negation';
  if (namesConflict(left, right)) return 'names';
  if (areOpposite(left, right)) return 'opposites';
  if (kindOf(left) !== kindOf(right)) return 'kind';
  return compareContent(stemsOf(left), stemsOf(right));
}
