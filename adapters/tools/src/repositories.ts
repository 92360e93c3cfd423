// Which directories of the host may be shown to a script as the repository under review.

import { existsSync, mkdirSync, realpathSync, statSync } from 'node:fs';
import { isAbsolute, sep } from 'node:path';
import { refused } from '@chorale/lib-errors';

export interface Repositories {
  /** Where clones are made. */
  readonly checkoutsDirectory: string;
  /** The real path of a directory that may be shown; throws refused `repository-not-allowed` or `repository-not-found`. */
  resolve(path: string): string;
  /** True for a directory in `checkoutsDirectory`. */
  isCheckout(realPath: string): boolean;
}

export interface RepositoriesOptions {
  readonly checkoutsDirectory: string;
  /** Asked with the real path of a directory of the host that is not a checkout. Default: never. */
  readonly allowsLocal?: (realPath: string) => boolean;
}

export const repositoryInsidePath = '/repo';

export function openRepositories(options: RepositoriesOptions): Repositories {
  mkdirSync(options.checkoutsDirectory, { recursive: true, mode: 0o700 });
  const checkoutsDirectory = realpathSync(options.checkoutsDirectory);
  const isCheckout = (realPath: string): boolean => realPath.startsWith(checkoutsDirectory + sep);
  return {
    checkoutsDirectory,
    isCheckout,
    resolve: (path) => {
      if (!isAbsolute(path) || !existsSync(path) || !statSync(path).isDirectory()) {
        throw refused('repository-not-found', `There is no directory ${JSON.stringify(path)}.`, {
          action: 'Give the absolute path of a directory on the machine that runs the worker, or a git URL.',
        });
      }
      const realPath = realpathSync(path);
      if (!isCheckout(realPath) && options.allowsLocal?.(realPath) !== true) {
        throw refused('repository-not-allowed', `The directory ${path} may not be read by tasks.`, {
          action: 'Add it to the repositories this installation allows, or give a git URL.',
        });
      }
      return realPath;
    },
  };
}
