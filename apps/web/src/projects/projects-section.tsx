import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useClient } from '../data/backend.tsx';
import { DataTable } from '../ui/data-table.tsx';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import styles from './projects.module.css';
import { projectsQuery } from './chosen-project.ts';

/** The projects that whoever looks is in; who is in the default one alone sees none. */
export function ProjectsSection(): ReactNode {
  const { data, error } = useQuery(projectsQuery(useClient()));
  if (error !== null) return <ProblemNotice error={error} what="The projects could not be read" />;
  if (data === undefined || data.length < 2) return null;
  return (
    <section className={styles.section} aria-labelledby="projects-title">
      <h2 id="projects-title">Projects</h2>
      <DataTable label="Projects">
        <thead>
          <tr>
            <th scope="col">Name</th>
            <th scope="col">Project</th>
            <th scope="col">State</th>
            <th scope="col">Quotas</th>
          </tr>
        </thead>
        <tbody>
          {data.map(({ projectId, displayName, state, quotas }) => (
            <tr key={projectId}>
              <th scope="row">{displayName}</th>
              <td>{projectId}</td>
              <td>{state}</td>
              <td>{sayQuotas(quotas)}</td>
            </tr>
          ))}
        </tbody>
      </DataTable>
    </section>
  );
}

function sayQuotas(quotas: Readonly<Record<string, number>>): string {
  const all = Object.entries(quotas).map(([name, value]) => `${name} ${value}`);
  return all.length === 0 ? 'those of the tenant' : all.join(', ');
}
