// The server process: `serve` (also when nothing is said), `review` (serve, and review a repository), `config`, `database`.

import { fileURLToPath } from 'node:url';
import { toErrorRecord } from '@chorale/lib-errors';
import { stringify } from 'yaml';
import { describeSettings } from './config/describe-settings.ts';
import { loadConfig, redactConfig, type EffectiveConfig } from './config/load-config.ts';
import { productVersion } from './platform/product.ts';
import { readReviewFlags } from './review/review-flags.ts';
import { runProcess, runServer } from './run-process.ts';

const usage = `chorale server ${productVersion}

  serve [settings]                                         serve until told to end
  review [--repo PATH|URL] [--ref REF] [--once] [settings]  serve, and review a repository (default: this folder)
  config [settings]                                        print the effective configuration
  database backup FILE | restore FILE | restored [settings]  keep or put back the embedded database; say that PostgreSQL was restored

Settings, each also as CHORALE_NAME or in chorale.yaml (--config FILE for another file):
${describeSettings()}
`;

// The last word: whatever a library left open must not keep a process alive that has ended its services.
process.exit(await main(process.argv.slice(2)));

async function main([command = 'serve', ...args]: readonly string[]): Promise<number> {
  try {
    if (command === '--help' || command === 'help' || args.includes('--help')) return print(usage);
    switch (command) {
      case 'serve':
        return await runServer(load(args), fileURLToPath(import.meta.url), process.argv.slice(2));
      case 'review': {
        const flags = readReviewFlags(args);
        return await runProcess(load(flags.settings, ['--log-level', 'warn']), flags);
      }
      case 'config':
        return print(describeConfig(load(args)));
      case 'database': {
        // Seldom: not in the memory of a server.
        const { runDatabaseCommand } = await import('./database-command.ts');
        return print(await runDatabaseCommand(args, (flags) => load(flags)));
      }
      default:
        process.stderr.write(
          `chorale: there is no command ${command}; there are serve, review, config and database.\n`,
        );
        return 2;
    }
  } catch (error) {
    return report(error);
  }
}

function load(flags: readonly string[], defaults: readonly string[] = []): EffectiveConfig {
  return loadConfig({ cwd: process.cwd(), env: process.env, flags, defaults });
}

function describeConfig({ values, version, file }: EffectiveConfig): string {
  return `# version ${version}, from ${file ?? 'no file'}\n${stringify(redactConfig(values))}`;
}

function print(text: string): number {
  process.stdout.write(text);
  return 0;
}

function report(error: unknown): number {
  const { family, message, action } = toErrorRecord(error);
  process.stderr.write(`chorale: ${message}${action === undefined ? '' : `\n  ${action}`}\n`);
  if (family === 'broken' && error instanceof Error) process.stderr.write(`${error.stack ?? ''}\n`);
  return family === 'refused' ? 2 : 1;
}
