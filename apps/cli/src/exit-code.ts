// What the command's exit code says to scripts.
import { ClientError } from '@chorale/lib-client';
import { UsageError } from './usage-error.ts';

export const exitCodes = {
  ok: 0,
  goalFailed: 1,
  usage: 2,
  notFound: 3,
  unreachable: 4,
  refused: 5,
  broken: 6,
  interrupted: 130,
} as const;
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

export const exitCodesHelp = `Exit codes:
    0  done
    1  the goal that was waited for failed or was cancelled; a check found mistakes
    2  the command was not understood, or its input does not hold
    3  there is no such goal, task, workflow, ...
    4  the server cannot be reached or is not ready; trying again may help
    5  the server refused: the state of things does not allow it
    6  the server met a defect of its own; its log has more
  130  interrupted with Ctrl-C
`;

export function exitCodeOf(error: unknown): ExitCode {
  if (error instanceof UsageError) return exitCodes.usage;
  if (!(error instanceof ClientError)) return exitCodes.broken;
  if (error.problem === undefined || error.problem.family === 'temporary') return exitCodes.unreachable;
  const { status, family } = error.problem;
  if (family === 'broken') return exitCodes.broken;
  if (status === 404) return exitCodes.notFound;
  return status === 401 || status === 403 || status === 405 || status === 409 || status === 412
    ? exitCodes.refused
    : exitCodes.usage;
}
