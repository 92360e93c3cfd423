// What would write over something: said in a sentence, not as a defect.
import { UsageError } from './usage-error.ts';

/** Runs what makes a file or folder that must not be there yet. */
export async function refuseExisting<T>(path: string, make: () => Promise<T>): Promise<T> {
  try {
    return await make();
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') throw cause;
    throw new UsageError(`${path} is there already; name one that is not`, { cause });
  }
}
