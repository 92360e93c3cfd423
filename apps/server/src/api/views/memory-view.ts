import type {
  Episode as EpisodeView,
  FoundMemory as FoundView,
  Memory as MemoryView,
  MemoryReceipt,
} from '@chorale/lib-client';
import { scopeKey, type Episode, type EraseReceipt, type FoundMemory, type Memory } from '@chorale/module-memory';
import { compact } from './compact.ts';

export function memoryView(memory: Memory): MemoryView {
  const {
    tenantId: _tenant,
    place: _place,
    ends: _ends,
    retention: _retention,
    body,
    scope,
    sessionId,
    ...rest
  } = memory;
  return compact({ ...rest, scope: scopeKey(scope), text: body, sessionId: sessionId === '' ? undefined : sessionId });
}

export function episodeView({ tenantId: _tenant, scope, ...episode }: Episode): EpisodeView {
  return { ...episode, scope: scopeKey(scope) };
}

export function foundView(found: FoundMemory): FoundView {
  const { memory, score, parts, lifted, matched } = found;
  return { memory: memoryView(memory), score, parts, lifted, matched, why: explainFound(found) };
}

export function receiptView({ receiptId, subject, ...receipt }: EraseReceipt): MemoryReceipt {
  const { tenantId: _tenant, ...rest } = receipt;
  return compact({ receiptId, scope: scopeKey(subject.scope), ...rest });
}

/** About words, and about meaning only where an embedder was configured. */
export function explainFound({ memory, parts, lifted, matched }: FoundMemory): readonly string[] {
  const by = (factor: number): string => `× ${factor.toFixed(2)}`;
  const lines =
    matched.length > 0
      ? [`has ${matched.map((term) => wordOf(memory.body, term)).join(', ')} (${parts.words.toFixed(2)})`]
      : parts.words > 0
        ? [`stands beside what has words of the question (${parts.words.toFixed(2)})`]
        : [];
  if (parts.date > 0) lines.push(`is of a date that the question names (+ ${parts.date.toFixed(2)})`);
  if (parts.speaker !== 1) lines.push(`${memory.speaker} said it, whom the question names (${by(parts.speaker)})`);
  if (parts.role !== 1) lines.push(`was not said by a person (${by(parts.role)})`);
  if (parts.telling !== 1) lines.push(`only asks, or speaks of the one it is said to (${by(parts.telling)})`);
  if (parts.decay < 0.995) lines.push(`is old and was not used since (${by(parts.decay)})`);
  if (Math.abs(parts.importance - 1) > 0.005) lines.push(`importance and confidence (${by(parts.importance)})`);
  if (parts.meaning > 0)
    lines.push(`is near in meaning (${parts.meaning.toFixed(2)}); ranks by words and meaning are added`);
  if (lifted) lines.push('is a standing instruction that bears on the question, and was lifted');
  return lines;
}

/** The first word that a term may have been cut from: `ferry` for `ferri`. */
function wordOf(text: string, term: string): string {
  const beginning = term.slice(0, Math.max(3, term.length - 1));
  return text.match(/[\p{L}\p{N}]+/gu)?.find((word) => word.toLowerCase().startsWith(beginning)) ?? term;
}
