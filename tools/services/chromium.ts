import { findProgram, isExecutable } from '../process/find-program.ts';
import { installDebianPackage } from './debian-package.ts';

const names = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome'];

/** The path of a Chromium for browser tests: CHORALE_TEST_CHROMIUM, else one on PATH, else installed by apt-get. */
export async function findTestChromium(): Promise<string> {
  const named = process.env.CHORALE_TEST_CHROMIUM;
  if (named !== undefined && named !== '') {
    if (isExecutable(named)) return named;
    throw new Error(`CHORALE_TEST_CHROMIUM names ${named}, which is not an executable file.`);
  }
  const found = findProgram(...names);
  if (found !== undefined) return found;
  await installDebianPackage('chromium', 'Chromium (for browser tests)');
  const installed = findProgram(...names);
  if (installed === undefined) throw new Error('the package chromium was installed, but no chromium is on PATH.');
  return installed;
}
