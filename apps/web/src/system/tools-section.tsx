import { diffLines, type McpServer, type McpTool } from '@chorale/lib-client';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useClient } from '../data/backend.tsx';
import { mcpServersQuery } from '../data/queries.ts';
import { queryKeys } from '../data/query-keys.ts';
import { StateLabel } from '../status/state-mark.tsx';
import type { StateStyle } from '../status/tone.ts';
import { Button } from '../ui/button.tsx';
import { CheckIcon } from '../ui/icons.tsx';
import { JsonView } from '../ui/json-view.tsx';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { ScrollRegion } from '../ui/scroll-region.tsx';
import { Age } from '../ui/time.tsx';
import styles from './tools-section.module.css';

/** What the tools of MCP servers say of themselves, and the person's word on it. Nothing where none is configured. */
export function ToolsSection(): ReactNode {
  const servers = useQuery(mcpServersQuery(useClient()));
  if (servers.data?.length === 0 || servers.isPending) return null;
  return (
    <section className={styles.section}>
      <h2>Tools of MCP servers</h2>
      {servers.isError ? <ProblemNotice error={servers.error} what="The servers could not be read" /> : null}
      {servers.data?.map((server) => (
        <Server key={server.name} server={server} />
      ))}
    </section>
  );
}

function Server({ server: { name, tools, problem } }: { readonly server: McpServer }): ReactNode {
  return (
    <article className={styles.server} aria-label={`MCP server ${name}`}>
      <h3>{name}</h3>
      {problem === undefined ? null : <p className={styles.problem}>It could not be asked: {problem}</p>}
      {tools.map((tool) => (
        <Tool key={tool.name} server={name} tool={tool} />
      ))}
    </article>
  );
}

const stateStyles: Readonly<Record<McpTool['state'], StateStyle>> = {
  approved: { label: 'Agreed to', tone: 'good', mark: 'check' },
  new: { label: 'New', tone: 'ask', mark: 'person' },
  changed: { label: 'Changed', tone: 'ask', mark: 'person' },
  unusable: { label: 'Unusable', tone: 'idle', mark: 'slash' },
};

function Tool({ server, tool }: { readonly server: string; readonly tool: McpTool }): ReactNode {
  const { state, approved, problem } = tool;
  return (
    <div className={styles.tool} data-state={state}>
      <p className={styles.head}>
        <StateLabel style={stateStyles[state]} />
        <code>{tool.tool}</code>
        {approved === undefined ? null : (
          <span className={styles.when}>
            {approved.approvedBy}, <Age at={approved.approvedAt} /> ago
          </span>
        )}
      </p>
      {problem === undefined ? null : <p className={styles.problem}>{problem}</p>}
      {state === 'changed' ? <Change tool={tool} /> : <p className={styles.description}>{tool.description}</p>}
      {state === 'new' ? <JsonView value={tool.inputSchema} label={`Arguments of ${tool.tool}`} /> : null}
      {state === 'new' || state === 'changed' ? <Agreement server={server} tool={tool} /> : null}
    </div>
  );
}

/** What it said when it was agreed to, and what it says now, line by line. */
function Change({ tool }: { readonly tool: McpTool }): ReactNode {
  const { approved, description, inputSchema } = tool;
  const before = words(approved?.description ?? '', approved?.inputSchema ?? inputSchema);
  const lines = diffLines(before, words(description, inputSchema));
  return (
    <>
      <ScrollRegion label={`What changed in ${tool.tool}`} className={styles.change}>
        <pre>
          {lines.map((line, at) => (
            // Lines have no identity but their place.
            <span key={at} className={styles.line} data-change={line[0]}>
              {`${line}\n`}
            </span>
          ))}
        </pre>
      </ScrollRegion>
      {approved !== undefined && approved.inputSchema === undefined ? (
        <p className={styles.problem}>What its arguments were is not on record; they may have changed.</p>
      ) : null}
    </>
  );
}

const words = (description: string, schema: McpTool['inputSchema']): string =>
  `${description}\narguments ${JSON.stringify(schema, undefined, 2)}`;

function Agreement({ server, tool: { tool, hash } }: { readonly server: string; readonly tool: McpTool }): ReactNode {
  const client = useClient();
  const cache = useQueryClient();
  const agree = useMutation({
    // The hash is of what is on the screen: when it has changed again, this is refused.
    mutationFn: () => client.approveMcpTool(server, { tool, hash }),
    onSettled: () => cache.invalidateQueries({ queryKey: queryKeys.mcpServers }),
  });
  return (
    <>
      {agree.isError ? <ProblemNotice error={agree.error} what={`${tool} could not be agreed to`} /> : null}
      <div>
        <Button icon={<CheckIcon />} disabled={agree.isPending} onClick={() => agree.mutate()}>
          Agree to {tool}
        </Button>
      </div>
    </>
  );
}
