// Ties commander's commands to actions that get a session and give an exit code.
import type { Command } from 'commander';
import { type ExitCode, exitCodes } from './exit-code.ts';
import { addCommonOptions, type CommonOptions, createSession, type Session, type Surroundings } from './session.ts';

export interface Cli {
  readonly surroundings: Surroundings;
  /** Adds a command that does something: `spec` names it and its arguments, as commander writes them. */
  readonly add: (parent: Command, spec: string, summary: string) => Command;
  /** The same of a command that is about what belongs to a project. */
  readonly addOfProject: (parent: Command, spec: string, summary: string) => Command;
  readonly run: <Arguments extends readonly unknown[], Options extends CommonOptions>(
    command: Command,
    action: (
      session: Session,
      call: { readonly args: Arguments; readonly options: Options },
    ) => Promise<ExitCode | void>,
  ) => void;
  readonly exitCode: () => ExitCode;
}

export function createCli(surroundings: Surroundings): Cli {
  let code: ExitCode = exitCodes.ok;
  return {
    surroundings,
    add: (parent, spec, summary) => addCommonOptions(parent.command(spec).description(summary)),
    addOfProject: (parent, spec, summary) =>
      addCommonOptions(parent.command(spec).description(summary)).option(
        '--project <project>',
        'in this project (CHORALE_PROJECT; default that of the key, or `default`; lists: all)',
      ),
    run: (command, action) => {
      command.action(async (...given: unknown[]) => {
        const options = given.at(-2) as CommonOptions;
        const session = createSession(surroundings, options);
        const args = given.slice(0, -2);
        code = (await action(session, { args: args as never, options: options as never })) ?? exitCodes.ok;
      });
    },
    exitCode: () => code,
  };
}

/** For options that may be given several times. */
export function collect(value: string, earlier: readonly string[] | undefined): readonly string[] {
  return [...(earlier ?? []), value];
}
