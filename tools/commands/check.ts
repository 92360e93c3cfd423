// npm run check: everything that can be said about the code without running it. Every step runs, so that one run
// shows all there is to mend.

import { checkSteps } from '../check-steps.ts';
import { root } from '../process/root.ts';
import { showProgram } from '../process/run-program.ts';

const failed: string[] = [];
for (const { name, command } of Object.values(checkSteps)) {
  const [program, ...args] = command;
  const startMs = Date.now();
  const code = await showProgram(program, args, { cwd: root });
  const seconds = ((Date.now() - startMs) / 1000).toFixed(1);
  console.log(`${code === 0 ? 'ok    ' : 'FAILED'} ${name} (${command.join(' ')}, ${seconds} s)`);
  if (code !== 0) failed.push(name);
}
if (failed.length > 0) console.log(`check failed: ${failed.join(', ')}`);
process.exitCode = failed.length === 0 ? 0 : 1;
