// Completion for shells. The scripts hold no knowledge of their own: they ask the command itself what could follow.
import type { Command } from 'commander';
import { budgetScopes, createClient } from '@chorale/lib-client';
import { findKey } from './find-key.ts';
import { defaultServer, type Surroundings } from './session.ts';
import { UsageError } from './usage-error.ts';

export const shells = ['bash', 'zsh', 'fish'] as const;

const scripts: Readonly<Record<(typeof shells)[number], string>> = {
  bash: `_chorale() {
  local IFS=$'\\n'
  COMPREPLY=($(compgen -W "$(chorale complete -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)" -- "\${COMP_WORDS[COMP_CWORD]}"))
  [ \${#COMPREPLY[@]} -eq 0 ] && COMPREPLY=($(compgen -f -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -o filenames -F _chorale chorale
`,
  zsh: `#compdef chorale
_chorale() {
  local -a found
  found=("\${(@f)$(chorale complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
  if (( \${#found} && \${#found[1]} )); then compadd -- "\${found[@]}"; else _files; fi
}
compdef _chorale chorale
`,
  fish: `function __chorale_complete
  set -l words (commandline -opc) (commandline -ct)
  chorale complete -- $words[2..-1] 2>/dev/null
end
complete -c chorale -f -a '(__chorale_complete)'
`,
};

export function completionScript(shell: string): string {
  const known = shells.find((name) => name === shell);
  if (known === undefined)
    throw new UsageError(`there is no completion for ${shell}; there is for ${shells.join(', ')}`);
  return scripts[known];
}

/** What could be typed in place of the last word. Pure but for the names it asks the server for. */
export async function complete(
  program: Command,
  words: readonly string[],
  surroundings: Pick<Surroundings, 'env' | 'readText'>,
): Promise<readonly string[]> {
  const last = words.at(-1) ?? '';
  let command = program;
  let positional = 0;
  for (const word of words.slice(0, -1)) {
    if (word.startsWith('-')) continue;
    const child = command.commands.find((candidate) => candidate.name() === word);
    if (child === undefined) positional++;
    else command = child;
  }
  if (last.startsWith('-')) {
    return command.options.map((option) => option.long ?? '').filter((name) => name.startsWith(last));
  }
  if (command.commands.length > 0) {
    return command.commands.map((child) => child.name()).filter((name) => name !== 'complete' && name.startsWith(last));
  }
  const names = await namesOf(command.registeredArguments[positional]?.name(), surroundings);
  return names.filter((name) => name.startsWith(last));
}

/** A server that does not answer at once leaves the shell without names, not without a prompt. */
const answerTimeoutMs = 800;

async function namesOf(
  argument: string | undefined,
  surroundings: Pick<Surroundings, 'env' | 'readText'>,
): Promise<readonly string[]> {
  const server = surroundings.env['CHORALE_SERVER'] ?? defaultServer;
  const client = createClient({
    baseUrl: server,
    key: () => findKey({ ...surroundings, server }),
    fetch: (input, init) => fetch(input, { ...init, signal: AbortSignal.timeout(answerTimeoutMs) }),
  });
  try {
    switch (argument) {
      case 'goal':
        return (await client.listGoals({ limit: 50 })).items.map((goal) => goal.goalId);
      case 'workflow':
        return (await client.listWorkflows()).map((workflow) => workflow.name);
      case 'agent':
        return (await client.listAgents()).map((agent) => agent.name);
      case 'skill':
        return (await client.listSkills()).map((skill) => skill.name);
      case 'approval':
        return (await client.listApprovals({ state: 'pending' })).map((approval) => approval.approvalId);
      case 'schedule':
        return (await client.listSchedules()).map((schedule) => schedule.scheduleId);
      case 'deployment':
        return (await client.listDeployments()).map((deployment) => deployment.deploymentId);
      case 'key':
        return (await client.listModelKeys()).map((key) => key.keyId);
      case 'budget':
        return (await client.listBudgets()).map((budget) => budget.budgetId);
      case 'call':
        return (await client.listModelCalls({ limit: 50 })).items.map((call) => call.callId);
      case 'memory':
        return (await client.listMemories({ limit: 50 })).items.map((memory) => memory.memoryId);
      case 'server':
        return (await client.listMcpServers()).map((server) => server.name);
      case 'project':
        return (await client.listProjects()).map((project) => project.projectId);
      case 'secret':
        return (await client.listSecrets()).map((secret) => secret.name);
      case 'scope':
        return budgetScopes;
      case 'shell':
        return shells;
      case undefined:
      default:
        return [];
    }
  } catch {
    return [];
  }
}
