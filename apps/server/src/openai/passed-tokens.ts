// What calls that are passed on may take, estimated before they are sent: it is reserved, so that no route spends past a
// budget.
import { estimateTextTokens } from '@chorale/module-models';
import type { PassedTokens } from './pass-through.ts';

/** Numbers of one digit and their commas: no list of tokens is denser. */
const bytesPerGivenToken = 2;
/** Sound is a token for each tenth of a second. Speech is hardly ever compressed below 8 kbit/s, and mostly above 64. */
const soundBytesPerTokenLeast = 100;
const soundBytesPerToken = 800;
/** A token of text is a third of a second of sound, of some twenty tokens a second. */
const spokenTokensPerToken = 8;

interface TextTokens {
  readonly expected: number;
  readonly most: number;
}

function tokensOfTexts(texts: readonly string[]): TextTokens {
  return texts
    .map(estimateTextTokens)
    .reduce((sum, { expected, most }) => ({ expected: sum.expected + expected, most: sum.most + most }), {
      expected: 0,
      most: 0,
    });
}

/** `texts` are empty when tokens are given instead. */
export function tokensOfEmbeddings(texts: readonly string[], bodyBytes: number): PassedTokens {
  const { expected, most } = tokensOfTexts(texts);
  const given = Math.ceil(bodyBytes / bytesPerGivenToken);
  return { input: texts.length > 0 ? expected : given, inputMost: texts.length > 0 ? most : given, outputMost: 0 };
}

export function tokensOfSpeech(texts: readonly string[]): PassedTokens {
  const { expected, most } = tokensOfTexts(texts);
  return { input: expected, inputMost: most, outputMost: expected * spokenTokensPerToken };
}

/** What comes out is text, as long as the deployment makes it. */
export function tokensOfSound(bytes: number): PassedTokens {
  return {
    input: Math.ceil(bytes / soundBytesPerToken),
    inputMost: Math.ceil(bytes / soundBytesPerTokenLeast),
    outputMost: undefined,
  };
}
