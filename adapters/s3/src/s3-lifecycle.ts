// What goes by itself: uploads that were broken off, and replies of models that nobody will ask for again. The bucket's own rules
// do it where the service has such rules and lets us set them; where not, somebody has to sweep.
//
// Invariants: LC1 rules that others have set stay as they are: only those with names of ours are put in or changed.
//             LC2 nothing of `artifacts/` ever goes by age.

import { ChoraleError } from '@chorale/lib-errors';
import type { S3Bucket } from './s3-bucket.ts';

const dayMs = 86_400_000;
const agesDays = { 'incoming/': 1, 'replies/': 7 } as const;

/** False where the service has no such rules, or lets us set none. */
export async function keepLifecycle(bucket: S3Bucket): Promise<boolean> {
  try {
    const found = (await bucket.readLifecycle()) ?? '';
    const rules = [...found.matchAll(/<Rule>[\s\S]*?<\/Rule>/g)].map(([rule]) => rule);
    const ours = Object.entries(agesDays).map(([folder, days]) => ruleOf(bucket.prefix, folder, days));
    const others = rules.filter((rule) => !ours.some(({ id }) => rule.includes(`<ID>${id}</ID>`)));
    if (
      others.length + ours.length === rules.length &&
      ours.every(({ text }) => rules.map(plain).includes(plain(text)))
    )
      return true;
    await bucket.writeLifecycle(
      `<LifecycleConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${[...others, ...ours.map(({ text }) => text)].join('')}</LifecycleConfiguration>`,
    );
    return true;
  } catch (error) {
    // Whether it has none or keeps them to itself; a service that is away is asked again.
    if (isRefusal(error)) return false;
    throw error;
  }
}

/** Removes what is too old; gives how many objects and uploads went. */
export async function sweepBucket(bucket: S3Bucket, now: number): Promise<number> {
  let removed = 0;
  for (const [folder, days] of Object.entries(agesDays)) {
    const before = now - days * dayMs;
    for await (const { key, storedAt } of bucket.listDated(folder)) {
      if (!(storedAt < before)) continue;
      await bucket.remove(key);
      removed += 1;
    }
  }
  try {
    for await (const { key, id, begunAt } of bucket.listUploads('incoming/')) {
      if (!(begunAt < now - dayMs)) continue;
      await bucket.dropUpload(key, id);
      removed += 1;
    }
  } catch (error) {
    // Some services list none.
    if (!isRefusal(error)) throw error;
  }
  return removed;
}

function isRefusal(error: unknown): boolean {
  return error instanceof ChoraleError && error.family === 'refused';
}

function ruleOf(prefix: string, folder: string, days: number): { readonly id: string; readonly text: string } {
  const id = `chorale ${prefix}${folder}`;
  const where = `<Filter><Prefix>${prefix}${folder}</Prefix></Filter>`;
  const aborts = `<AbortIncompleteMultipartUpload><DaysAfterInitiation>${days}</DaysAfterInitiation></AbortIncompleteMultipartUpload>`;
  const text = `<Rule><ID>${id}</ID>${where}<Status>Enabled</Status><Expiration><Days>${days}</Days></Expiration>${aborts}</Rule>`;
  return { id, text };
}

/** Services write them again in their own order and with their own spaces. */
function plain(rule: string): string {
  return rule.replaceAll(/\s+/g, '').split(/(?=<)/).toSorted().join('');
}
