// Every tool that comes with the product.

import type { SandboxDriver, ToolDefinition } from '@chorale/module-agents';
import { createCheckoutRepository, type CheckoutRepositoryParts } from './checkout-repository.ts';
import { editFileTool } from './edit-file.ts';
import { createGit } from './git.ts';
import { createHttpFetch, type HttpFetchOptions } from './http-fetch.ts';
import { listFilesTool } from './list-files.ts';
import { readFileTool } from './read-file.ts';
import type { Repositories } from './repositories.ts';
import { createRunSkillScript, type RunSkillScriptParts } from './run-skill-script.ts';
import { createSearchFiles } from './search-files.ts';
import { createShell } from './shell.ts';
import { writeFileTool } from './write-file.ts';

export interface BuiltinToolParts {
  readonly sandbox: SandboxDriver;
  readonly repositories: Repositories;
  readonly getSkill: RunSkillScriptParts['getSkill'];
  readonly goalDirectory: CheckoutRepositoryParts['goalDirectory'];
  /** How large a snapshot or a clone may be. */
  readonly repositoryBytesMax: number;
  /** Which addresses repositories may be cloned from; see `CheckoutRepositoryParts`. */
  readonly repositoryAddresses?: CheckoutRepositoryParts['addresses'];
  readonly http?: HttpFetchOptions;
}

export function createBuiltinTools(parts: BuiltinToolParts): readonly ToolDefinition<never>[] {
  const { sandbox, repositories, repositoryBytesMax: sizeBytesMax } = parts;
  const addresses = parts.repositoryAddresses === undefined ? {} : { addresses: parts.repositoryAddresses };
  return [
    createRunSkillScript({ sandbox, repositories, getSkill: parts.getSkill }),
    createCheckoutRepository({ sandbox, repositories, goalDirectory: parts.goalDirectory, sizeBytesMax, ...addresses }),
    createShell(sandbox),
    readFileTool,
    writeFileTool,
    editFileTool,
    listFilesTool,
    createSearchFiles(sandbox),
    createGit({ sandbox, repositories, sizeBytesMax, ...addresses }),
    createHttpFetch(parts.http),
  ];
}
