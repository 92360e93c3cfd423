import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useClient } from '../data/backend.tsx';
import { Field, Select } from '../ui/field.tsx';
import { memoryStatsQuery } from './memory-queries.ts';

interface ScopeSelectProps {
  readonly value: string | undefined;
  readonly onChange: (scope: string | undefined) => void;
}

/** Where is looked: whose memories. */
export function ScopeSelect({ value, onChange }: ScopeSelectProps): ReactNode {
  const stats = useQuery(memoryStatsQuery(useClient()));
  const scopes = stats.data?.scopes.map(({ scope }) => scope) ?? [];
  const known = value === undefined || scopes.includes(value) ? scopes : [value, ...scopes];
  return (
    <Field label="Where">
      {(control) => (
        <Select
          {...control}
          value={value ?? ''}
          onChange={({ target }) => onChange(target.value === '' ? undefined : target.value)}
        >
          <option value="">Everywhere</option>
          {known.map((scope) => (
            <option key={scope} value={scope}>
              {scope}
            </option>
          ))}
        </Select>
      )}
    </Field>
  );
}
