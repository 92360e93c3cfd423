// LoCoMo conversations: turns of two people over many sessions, and questions with the turns that answer them.
// snap-research/LoCoMo, CC BY-NC 4.0: read from where it lies, never kept here.

import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { refused } from '@chorale/lib-errors';

export interface Turn {
  /** As in `D3:12`. */
  readonly id: string;
  readonly session: number;
  readonly speaker: string;
  readonly text: string;
  readonly occurredAt: number;
}

export interface Question {
  readonly text: string;
  /** 1: its evidence lies in several turns; 2 time, 3 open, 4 one turn, 5 adversarial. */
  readonly category: number;
  /** Ids of turns. */
  readonly evidence: readonly string[];
}

export interface Conversation {
  readonly name: string;
  readonly turns: readonly Turn[];
  /** Those with evidence among the turns. */
  readonly questions: readonly Question[];
}

interface RawTurn {
  readonly dia_id: string;
  readonly speaker: string;
  readonly text: string;
  /** What a shared picture shows. */
  readonly blip_caption?: string;
}

interface RawConversation {
  readonly sample_id?: string;
  readonly conversation: Readonly<Record<string, string | readonly RawTurn[]>>;
  readonly qa: readonly {
    readonly question: string;
    readonly category: number;
    readonly evidence?: readonly string[];
  }[];
}

const dataBeside = join(import.meta.dirname, '../../../shared/data/memory/locomo-three.json');
const sessionsMax = 200;

/** From a file given with --data, or from beside the checkout. */
export function readConversations(data: string | undefined): readonly Conversation[] {
  const path = data !== undefined && existsSync(data) && statSync(data).isFile() ? data : dataBeside;
  if (!existsSync(path)) {
    throw refused('bench-data-missing', `M1, M3, M4 and M8 read LoCoMo from --data FILE; there is nothing at ${path}.`);
  }
  return (JSON.parse(readFileSync(path, 'utf8')) as readonly RawConversation[]).map(readConversation);
}

function readConversation(raw: RawConversation, index: number): Conversation {
  const turns: Turn[] = [];
  for (let session = 1; session <= sessionsMax; session++) {
    const said = raw.conversation[`session_${session}`];
    if (typeof said !== 'object') continue;
    const began = readDate(raw.conversation[`session_${session}_date_time`]);
    for (const [position, { dia_id: id, speaker, text, blip_caption: seen }] of said.entries())
      turns.push({
        id,
        session,
        speaker,
        text: seen === undefined ? text : `${text} ${seen}`,
        occurredAt: began + position,
      });
  }
  const known = new Set(turns.map(({ id }) => id));
  const questions = raw.qa.flatMap(({ question, category, evidence = [] }) => {
    const ids = evidence.flatMap((entry) => entry.match(/D\d+:\d+/g) ?? []).filter((id) => known.has(id));
    return ids.length === 0 ? [] : [{ text: question, category, evidence: ids }];
  });
  return { name: raw.sample_id ?? `conversation ${index + 1}`, turns, questions };
}

/** `1:56 pm on 8 May, 2023`. */
function readDate(written: unknown): number {
  const at = Date.parse(`${String(written).replace(/^.* on /, '')} UTC`);
  return Number.isNaN(at) ? 0 : at;
}
