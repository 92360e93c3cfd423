// What the results of skills say together: findings that are open, and which skills listed all they found.
//
// Scripts wrote them, over a repository that nobody here wrote: what does not have the form of a finding is left out.

import type { Json } from '@chorale/module-goals';
import { z } from 'zod';
import type { Finding, ReviewFound } from './known-findings.ts';

const findingsMax = 20_000;
const textMax = 1_000;

const text = z.string().transform((value) => value.slice(0, textMax));

const findingForm = z.object({
  id: z.string().min(1).max(150),
  severity: z.string().max(20),
  title: text,
  file: text.exactOptional(),
});

const resultForm = z.object({
  findings: z.array(z.unknown()),
  counts: z.record(z.string(), z.number()).optional(),
  summary: z.object({ head: z.object({ commit: z.string().max(100) }).optional() }).optional(),
});

export function readResults(results: {
  readonly [skill: string]: Json;
}): Pick<ReviewFound, 'areas' | 'open' | 'commit'> {
  const open = new Map<string, Finding>();
  const areas: string[] = [];
  let commit = '';
  for (const [skill, given] of Object.entries(results)) {
    const { data: result } = resultForm.safeParse(given);
    if (result === undefined) continue;
    const findings = result.findings.flatMap((one) => findingForm.safeParse(one).data ?? []);
    const counted = Object.values(result.counts ?? {}).reduce((sum, count) => sum + count, 0);
    if (findings.length === result.findings.length && counted <= findings.length) areas.push(skill);
    for (const finding of findings) if (open.size < findingsMax) open.set(finding.id, finding);
    commit = result.summary?.head?.commit ?? commit;
  }
  return { open: [...open.values()], areas, commit };
}
