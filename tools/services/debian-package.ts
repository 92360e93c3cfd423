import { collectProgram, type ProgramResult } from '../process/run-program.ts';
import { findProgram } from '../process/find-program.ts';

/**
 * Installs a Debian or Ubuntu package where that needs no password, and says so. Throws an error that names the
 * command to run where it may not (or where there is no apt-get).
 */
export async function installDebianPackage(name: string, purpose: string): Promise<void> {
  const byHand = `apt-get install -y --no-install-recommends ${name}`;
  const prefix = await privilege();
  if (prefix === undefined) throw new Error(`${purpose} is missing. Install it: sudo ${byHand}`);
  console.error(`chorale: ${purpose} is missing; installing the package ${name}`);
  // Through env, which sudo does not strip as it strips variables that it inherits.
  const apt = [...prefix, 'env', 'DEBIAN_FRONTEND=noninteractive'];
  let result = await runWords([...apt, ...byHand.split(' ')]);
  if (result.code !== 0) {
    // A fresh image has no package lists, an old one has lists of files that are gone.
    await runWords([...apt, 'apt-get', 'update']);
    result = await runWords([...apt, ...byHand.split(' ')]);
  }
  if (result.code !== 0) throw new Error(`${purpose} could not be installed (${byHand}):\n${result.output.trim()}`);
}

function runWords([command = '', ...args]: readonly string[]): Promise<ProgramResult> {
  return collectProgram(command, args);
}

/** What to put before apt-get so that it may install: nothing for root, `sudo -n` where that asks no password. */
async function privilege(): Promise<readonly string[] | undefined> {
  if (findProgram('apt-get') === undefined) return undefined;
  if (process.getuid?.() === 0) return [];
  const asked = await collectProgram('sudo', ['-n', 'true']);
  return asked.code === 0 ? ['sudo', '-n'] : undefined;
}
