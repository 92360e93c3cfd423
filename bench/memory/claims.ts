// M6: contradictions. What holds now, what held at a moment, and what was known at a moment, asked of a memory that was told a
// thousand times that something is otherwise; and the answers worked out beside it from the same history.

import { defaultTenant } from '@chorale/lib-ids';
import { openSqliteStores } from '@chorale/adapter-sqlite';
import type { MemoryId } from '@chorale/module-memory';
import type { BenchPart } from './part.ts';
import { seededRandom } from './seeded-random.ts';

const subjects = 100;
const claimsEach = 10;
const questionsEach = 12;
const dayMs = 86_400_000;
const start = Date.UTC(2026, 0, 1);
const scope = { kind: 'project', id: 'harbour' } as const;

interface Told {
  readonly value: string;
  readonly validFrom: number;
  readonly recordedAt: number;
}

export const claims: BenchPart = {
  goals: [
    {
      id: 'M6',
      title: `${subjects * claimsEach} claims that contradict each other, a third of them late: right answers, now and as of`,
      unit: '%',
      bar: 100,
      better: 'higher',
      notMeasured: 'claims that nobody recognises as claims about the same',
    },
  ],
  async *run(context) {
    if (!context.wants('M6')) return;
    const random = seededRandom(6);
    let now = start;
    const { memory, close } = await openSqliteStores({ path: ':memory:', now: () => now });
    const told = new Map<string, Told[]>();
    for (let claim = 0; claim < claimsEach; claim++) {
      for (let index = 0; index < subjects; index++) {
        now += 60_000;
        const subject = `service ${index}`;
        const value = `host ${Math.floor(random() * 1_000_000)}`;
        const isLate = random() < 1 / 3;
        const validFrom = isLate ? start - Math.floor(random() * 300 * dayMs) : now;
        const memoryId = `memory_${index}_${claim}` as MemoryId;
        const memoryOf = {
          memoryId,
          scope,
          kind: 'semantic',
          body: `${subject} runs on ${value}`,
          recordedBy: 'bench',
        } as const;
        const claimed = { subject, attribute: 'runs on', value };
        const command = { ...memoryOf, claim: claimed, validFrom };
        await memory.execute({ command: 'remember', tenantId: defaultTenant, memory: command });
        told.set(subject, [...(told.get(subject) ?? []), { value, validFrom, recordedAt: now }]);
      }
    }
    let [right, asked] = [0, 0];
    for (const [subject, history] of told) {
      for (let question = 0; question < questionsEach; question++) {
        const knownAt = question === 0 ? now : start + Math.floor(random() * (now - start));
        const validAt =
          question < 2 ? knownAt : start - 300 * dayMs + Math.floor(random() * (300 * dayMs + now - start));
        const about = { subject, attribute: 'runs on', validAt, knownAt };
        const found = await memory.findClaim(defaultTenant, scope, about);
        asked++;
        if (found?.claim?.value === answerOf(history, validAt, knownAt)) right++;
      }
    }
    await close();
    context.note(`${asked} questions, ${right} answered right`);
    yield { id: 'M6', measured: (100 * right) / asked };
  },
};

/** Of what was told by then, the claim that began last before the moment. */
function answerOf(history: readonly Told[], validAt: number, knownAt: number): string | undefined {
  return history
    .filter((told) => told.recordedAt <= knownAt && told.validFrom <= validAt)
    .toSorted((a, b) => b.validFrom - a.validFrom || b.recordedAt - a.recordedAt)[0]?.value;
}
