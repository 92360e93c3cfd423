import type { FileProblem, InputDefinition, Workflow } from '@chorale/lib-client';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useParams } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useCommands } from '../app/commands.tsx';
import { Column, Page } from '../app/page.tsx';
import { useClient } from '../data/backend.tsx';
import { workflowQuery } from '../data/queries.ts';
import { Button } from '../ui/button.tsx';
import { ChevronRightIcon, PlayIcon } from '../ui/icons.tsx';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { ScrollRegion } from '../ui/scroll-region.tsx';
import styles from './workflow-page.module.css';

export function WorkflowPage(): ReactNode {
  const { name } = useParams({ from: '/workflows/$name' });
  const navigate = useNavigate();
  const query = useQuery(workflowQuery(useClient(), name));
  const startable = query.data?.valid === true && query.data.trust === 'trusted';
  const start = (): void => void navigate({ to: '.', search: (previous) => ({ ...previous, new: name }) });
  useCommands(
    startable
      ? [
          {
            id: 'workflow.start',
            title: `Start ${name}`,
            group: 'This workflow',
            keys: 's',
            icon: <PlayIcon />,
            run: start,
          },
        ]
      : [],
  );
  const before = (
    <nav aria-label="Where this is" className={styles.crumbs}>
      <Link to="/workflows">Workflows</Link>
      <ChevronRightIcon size={12} />
    </nav>
  );
  const action = startable ? (
    <Button look="primary" icon={<PlayIcon size={14} />} keys="s" onClick={start}>
      Start
    </Button>
  ) : null;
  return (
    <Page title={name} before={before} actions={action}>
      <Column>
        {query.isError ? <ProblemNotice error={query.error} what={`The workflow ${name} could not be read`} /> : null}
        {query.data === undefined ? null : <WorkflowBody workflow={query.data} />}
      </Column>
    </Page>
  );
}

function WorkflowBody({ workflow }: { readonly workflow: Workflow }): ReactNode {
  const inputs = Object.entries(workflow.inputs);
  return (
    <>
      {workflow.description === '' ? null : <p className={styles.description}>{workflow.description}</p>}
      {workflow.trust === 'untrusted' ? (
        <p className={styles.notice}>
          This workflow came with a project and is not used before you trust it: <code>chorale trust</code> shows it and
          asks.
        </p>
      ) : null}
      {workflow.problems.length === 0 ? null : (
        <section className={styles.section}>
          <h2>Mistakes</h2>
          <ul className={styles.problems}>
            {workflow.problems.map((problem) => (
              <Mistake key={`${problem.line}:${problem.column}:${problem.code}`} problem={problem} />
            ))}
          </ul>
        </section>
      )}
      <section className={styles.section}>
        <h2>Inputs</h2>
        {inputs.length === 0 ? (
          <p className={styles.quiet}>
            {workflow.valid ? 'It needs none.' : 'They are not known before the mistakes are mended.'}
          </p>
        ) : null}
        <dl className={styles.inputs}>
          {inputs.map(([name, definition]) => (
            <Input key={name} name={name} definition={definition} />
          ))}
        </dl>
      </section>
      <section className={styles.section}>
        <h2>File</h2>
        <p className={styles.quiet}>{workflow.path}</p>
        <ScrollRegion label="Text of the workflow" className={styles.text}>
          <pre>{workflow.text}</pre>
        </ScrollRegion>
      </section>
    </>
  );
}

function Mistake({ problem }: { readonly problem: FileProblem }): ReactNode {
  return (
    <li data-severity={problem.severity}>
      <code>
        {problem.line}:{problem.column}
      </code>{' '}
      {problem.message}
    </li>
  );
}

function Input({ name, definition }: { readonly name: string; readonly definition: InputDefinition }): ReactNode {
  const fallback = definition.default === undefined ? '' : `, ${JSON.stringify(definition.default)} unless given`;
  return (
    <div className={styles.input}>
      <dt>
        <code>{name}</code>
      </dt>
      <dd>
        {definition.description}
        <span className={styles.quiet}>
          {' '}
          {definition.type}
          {definition.required === true && definition.default === undefined ? ', needed' : fallback}
        </span>
      </dd>
    </div>
  );
}
