// Answers to questions that mean the same, found by the likeness of their vectors.
//
// Two calls are compared in one thing only: the words of their newest question. All else (tenant, key, agent, models asked
// for, data class, instructions, what was said before, parameters) must be equal, and is one hash.
//
// Owns:       nothing: answers are rows, so that every process and every start has them.
// Invariants: SA1 what a tenant asked is never compared with what another asked, nor across keys, models or instructions.
//             SA2 without an earlier question that could be the same no vector is made before the answer.
//             SA3 what the words themselves speak against is not the same, however near the vectors are.

import type { Clock } from '@chorale/lib-time';
import { canonicalJson, canonicalRequest } from './canonical-request.ts';
import type { ChatReply } from './conversation.ts';
import type { CallContext } from './model-call.ts';
import { packNumbers, unpackNumbers } from './packed-numbers.ts';
import { findQuestionConflict } from './question-conflict.ts';
import type { CacheQuestion, SimilarAnswers, SimilarQuestion } from './router-ports.ts';
import type { ComparedAnswer, SpendStore } from './spend.ts';

export interface SimilarAnswersWorld {
  readonly spend: Pick<SpendStore, 'execute' | 'listAnswers' | 'findAnswer'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly sha256Hex: (text: string) => string;
  /** On the budgets of the call. Undefined: no vector could be had. */
  readonly embed: (text: string, context: CallContext) => Promise<readonly number[]>;
  /** The model of embeddings: vectors of two are not compared. */
  readonly model: string;
  readonly limits: SimilarLimits;
}

export interface SimilarLimits {
  /** The least cosine, 0 to 1. */
  readonly similarityMin: number;
  readonly ageMsMax: number;
  /** Of a tenant. */
  readonly answersMax: number;
}

const questionLengthMin = 12;
/** Longer ones are material, not questions. */
const questionLengthMax = 1_000;
/** The newest of a setting; each is read for a comparison. */
const comparedMax = 100;
const replyLengthMax = 64 * 1_024;

/** Undefined: not a call that one of the same meaning could answer. */
function questionOf({ request, context }: CacheQuestion): string | undefined {
  if (request.temperature !== 0 || (request.tools?.length ?? 0) > 0) return undefined;
  // What an agent does next is decided by everything around it.
  if (context.goalId !== undefined) return undefined;
  const last = request.messages.at(-1);
  if (last?.role !== 'user' || last.parts.some(({ type }) => type !== 'text')) return undefined;
  const text = last.parts.map((part) => (part.type === 'text' ? part.text : '')).join('\n');
  const question = text.replaceAll(/\s+/g, ' ').trim();
  return question.length < questionLengthMin || question.length > questionLengthMax ? undefined : question;
}

/** All of the call but its question. */
function settingOf(asked: CacheQuestion, model: string): string {
  const { context, request } = asked;
  const { keyId, agent, strategy, taskClass } = context;
  const around = canonicalRequest(asked, { ...request, messages: request.messages.slice(0, -1) });
  return canonicalJson({ around, keyId, agent, strategy, taskClass, model });
}

function cosine(one: ArrayLike<number>, other: ArrayLike<number>): number {
  if (one.length !== other.length) return 0;
  let [product, ofOne, ofOther] = [0, 0, 0];
  for (let at = 0; at < one.length; at++) {
    const [left, right] = [one[at] as number, other[at] as number];
    product += left * right;
    ofOne += left * left;
    ofOther += right * right;
  }
  return ofOne === 0 || ofOther === 0 ? 0 : product / Math.sqrt(ofOne * ofOther);
}

const simple = (text: string): string => text.toLowerCase().replace(/[\s?.!]+$/, '');

export function createSimilarAnswers(world: SimilarAnswersWorld): SimilarAnswers {
  const { spend, clock, limits } = world;

  /** The nearest of those whose words do not speak against it. */
  async function findNearest(
    question: string,
    kept: readonly ComparedAnswer[],
    embed: () => Promise<readonly number[]>,
  ): Promise<{ readonly answerId: ComparedAnswer['answerId']; readonly similarity: number } | undefined> {
    const same = kept.find((one) => simple(one.question) === simple(question));
    if (same !== undefined) return { answerId: same.answerId, similarity: 1 };
    const possible = kept.filter((one) => findQuestionConflict(one.question, question) === undefined);
    if (possible.length === 0) return undefined;
    const vector = await embed();
    let nearest: { readonly answerId: ComparedAnswer['answerId']; readonly similarity: number } | undefined;
    for (const { answerId, vector: packed } of possible) {
      const similarity = cosine(vector, unpackNumbers(packed));
      if (similarity >= Math.max(limits.similarityMin, nearest?.similarity ?? 0)) nearest = { answerId, similarity };
    }
    return nearest;
  }

  async function keep(
    asked: { readonly question: string; readonly setting: string; readonly context: CallContext },
    answered: { readonly reply: ChatReply; readonly cost: number; readonly vector: readonly number[] },
  ): Promise<void> {
    const { tenantId, callId } = asked.context;
    const now = clock.now();
    const answer = {
      tenantId,
      answerId: callId,
      setting: asked.setting,
      question: asked.question,
      vector: packNumbers(Float32Array.from(answered.vector)),
      reply: answered.reply,
      cost: answered.cost,
      keptAt: now,
      expiresAt: now + limits.ageMsMax,
    };
    await spend.execute({ command: 'keep-answer', tenantId, answer, answersMax: limits.answersMax });
  }

  return {
    async ask(asked): Promise<SimilarQuestion | undefined> {
      const question = questionOf(asked);
      if (question === undefined) return undefined;
      const { context } = asked;
      const { tenantId } = context;
      const setting = world.sha256Hex(settingOf(asked, world.model));
      let vector: Promise<readonly number[]> | undefined;
      const embed = (): Promise<readonly number[]> => (vector ??= world.embed(question, context));
      const kept = await spend.listAnswers(tenantId, { setting, now: clock.now(), limit: comparedMax });
      const nearest = await findNearest(question, kept, embed);
      const row = nearest === undefined ? undefined : await spend.findAnswer(tenantId, nearest.answerId);
      return {
        found:
          nearest === undefined || row === undefined
            ? undefined
            : { callId: row.answerId, similarity: nearest.similarity, saved: row.cost, reply: row.reply },
        async keep(reply, { cost }) {
          // Cut off, refused or filtered: the next try may do better.
          if (reply.finish !== 'stop' || JSON.stringify(reply).length > replyLengthMax) return;
          await keep({ question, setting, context }, { reply, cost, vector: await embed() });
        },
      };
    },
  };
}
