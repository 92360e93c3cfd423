// Texts with planted values and with what only looks like them, in several languages and forms of text.

import { seededRandom, type SeededRandom } from '../seeded-random.ts';
import { makeHarmless } from './make-harmless.ts';
import { makeNationalId } from './make-national-ids.ts';
import { makeSecret } from './make-secrets.ts';
import { makeCard, makeEmail, makeIban, makePhone, pick, type Made } from './make-values.ts';

export interface Planted {
  readonly kind: string;
  readonly start: number;
  readonly end: number;
}

export interface Sample {
  readonly text: string;
  readonly planted: readonly Planted[];
  /** The kinds of look-alikes that it holds. */
  readonly harmless: readonly Planted[];
}

const plantedMakers = [
  makeEmail,
  makePhone,
  makeIban,
  makeCard,
  makeNationalId,
  makeNationalId,
  makeSecret,
  makeSecret,
];

/** `$` is where a value goes. */
const sentences = [
  'Please get in touch: $ before Friday.',
  'Could you check $ and tell me what you find?',
  'Bitte prüfen Sie $ und melden Sie sich.',
  'Meine Angaben: $, vielen Dank!',
  'Merci de vérifier $ avant demain.',
  'Por favor revise $ lo antes posible.',
  'Ecco i dati: $ (grazie).',
  'Proszę sprawdzić $ jeszcze dziś.',
  'Segue: $; qualquer dúvida, avise.',
  'Zie $ voor meer informatie.',
  '请查看 $ 谢谢。',
  'よろしくお願いします: $ です。',
  'Пожалуйста, проверьте $ сегодня.',
  '{"note": "see $", "done": false}',
  '<td>$</td>',
  '- $',
  'the customer wrote "$" on the form',
  '| 17 | $ | open |',
  'x = "$"  # from the form',
  '> $',
  '$',
];

function addValue(text: string, made: Made, random: SeededRandom): { readonly text: string; readonly start: number } {
  const [before = '', after = ''] = pick(random, sentences).split('$');
  const named = made.named === undefined ? '' : pick(random, made.named);
  const closing = made.kind === 'connection-password' ? '@db.internal:5432/app' : '';
  // A value in quotes ends with one.
  const quote = named.endsWith('"') ? '"' : '';
  const begun = `${text}${before}${named}`;
  return {
    text: `${begun}${made.value}${closing}${quote}${after}${pick(random, ['\n', ' ', '\n\n'])}`,
    start: begun.length,
  };
}

function makeSample(seed: number): Sample {
  const random = seededRandom(seed);
  const planted: Planted[] = [];
  const harmless: Planted[] = [];
  let text = '';
  const count = 2 + Math.floor(random() * 6);
  for (let at = 0; at < count; at++) {
    const isPlanted = random() < 0.5;
    const made = isPlanted ? pick(random, plantedMakers)(random) : makeHarmless(random);
    const added = addValue(text, made, random);
    text = added.text;
    (isPlanted ? planted : harmless).push({
      kind: made.kind,
      start: added.start,
      end: added.start + made.value.length,
    });
  }
  return { text, planted, harmless };
}

export const makeCorpus = (samples: number, seed: number): readonly Sample[] =>
  Array.from({ length: samples }, (_, at) => makeSample(seed * 1_000_003 + at));
