import type { ReactNode } from 'react';
import { Select } from '../ui/field.tsx';
import { projectChoice, useProjects } from './chosen-project.ts';

/** Only where there is something to choose. */
export function ProjectSelect(): ReactNode {
  const { projects, chosen, several } = useProjects();
  if (!several) return null;
  return (
    <Select aria-label="Project" value={chosen ?? ''} onChange={(event) => projectChoice.set(event.target.value)}>
      <option value="">All projects</option>
      {projects.map(({ projectId, displayName, state }) => (
        <option key={projectId} value={projectId}>
          {state === 'archived' ? `${displayName} (archived)` : displayName}
        </option>
      ))}
    </Select>
  );
}
