import { findProgram } from '../process/find-program.ts';
import { installDebianPackage } from './debian-package.ts';

/** The path of bubblewrap, which sandboxes need: on PATH, else installed by apt-get. */
export async function findBubblewrap(): Promise<string> {
  const found = findProgram('bwrap');
  if (found !== undefined) return found;
  await installDebianPackage('bubblewrap', 'bubblewrap (for sandboxes)');
  const installed = findProgram('bwrap');
  if (installed === undefined) throw new Error('the package bubblewrap was installed, but no bwrap is on PATH.');
  return installed;
}
