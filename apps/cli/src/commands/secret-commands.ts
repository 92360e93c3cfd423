// `chorale secrets`: put by their value from standard input or a prompt, named ever after. Never as an argument: those are in
// the list of processes and in the history of the shell.
import { text } from 'node:stream/consumers';
import type { Command } from 'commander';
import type { Cli } from '../cli.ts';
import { formatTime } from '../format.ts';
import { askSecret } from '../ask-secret.ts';
import type { CommonOptions, Session } from '../session.ts';
import { UsageError } from '../usage-error.ts';

export function addSecretCommands(cli: Cli, program: Command): void {
  const secrets = program.command('secrets').description('values that tools need and nobody should see');
  const put = cli.addOfProject(
    secrets,
    'put <name>',
    'put a secret, or a new version; the value from standard input or a prompt',
  );
  cli.run<[string], CommonOptions>(put, async (session, { args: [name] }) => {
    const secret = await session.client.putSecret(name, await readValue(session, name), session.ofProject);
    if (session.json) session.printJson(secret);
    else session.print(`${secret.name} version ${secret.version}; it is named secret:${secret.name}\n`);
  });
  const list = cli.addOfProject(secrets, 'list', 'list secrets, without their values');
  cli.run<[], CommonOptions>(list, async (session) => {
    const items = await session.client.listSecrets(session.ofProject);
    if (session.json) return session.printJson({ items });
    session.printTable(
      items,
      [
        { title: 'project', text: ({ projectId }) => projectId },
        { title: 'name', text: ({ name }) => name },
        { title: 'version', text: ({ version }) => String(version), align: 'right' },
        { title: 'put', text: ({ createdAt }) => formatTime(createdAt) },
        { title: 'by', text: ({ createdBy }) => createdBy },
        { title: 'key', text: ({ dataKey }) => String(dataKey), align: 'right' },
      ],
      'no secrets',
    );
  });
  const rotate = cli.add(secrets, 'rotate', 'seal all secrets with a new key, while they are used');
  cli.run<[], CommonOptions>(rotate, async (session) => {
    const { dataKey } = await session.client.rotateSecretKey();
    if (session.json) session.printJson({ dataKey });
    else session.print(`key ${dataKey} seals what is new; the others follow within a minute\n`);
  });
  const remove = cli.addOfProject(secrets, 'remove <secret>', 'remove a secret with all its versions');
  cli.run<[string], CommonOptions>(remove, async (session, { args: [name] }) => {
    await session.client.removeSecret(name, session.ofProject);
    if (session.json) session.printJson({ removed: name });
    else session.print(`${name} is gone\n`);
  });
}

/** A line's end at the end of what is piped is no part of it: `echo` puts one there. */
async function readValue({ signal }: Session, name: string): Promise<string> {
  const value = process.stdin.isTTY
    ? await askSecret(`${name}: `, signal)
    : (await text(process.stdin)).replace(/\r?\n$/, '');
  if (value === '') throw new UsageError('the value is empty; give it on standard input, or type it when asked');
  return value;
}
