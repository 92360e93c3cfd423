import { auditDecisions } from '@chorale/lib-client';
import { useNavigate, useSearch } from '@tanstack/react-router';
import type { FormEvent, ReactNode } from 'react';
import { type AuditSearch, readAuditSearch } from '../app/search-params.ts';
import { Button } from '../ui/button.tsx';
import { Field, Select, TextInput } from '../ui/field.tsx';
import styles from './audit-page.module.css';
import { decisionStyles } from './audit-table.tsx';

/** Filters on sending: every look at the log is in the log. */
export function AuditFilters(): ReactNode {
  const search = useSearch({ from: '/audit' });
  const navigate = useNavigate({ from: '/audit' });
  const onSubmit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    void navigate({ search: readAuditSearch(Object.fromEntries(new FormData(event.currentTarget))) });
  };
  return (
    <form className={styles.filters} aria-label="Filter" onSubmit={onSubmit} key={JSON.stringify(search)}>
      <Word name="who" label="Who" search={search} hint="an id" />
      <Word name="on" label="On" search={search} hint="an id" />
      <Word name="what" label="Act" search={search} hint="secret.use, or secret." />
      <Field label="Decision">
        {(control) => (
          <Select {...control} name="decision" defaultValue={search.decision ?? ''}>
            <option value="">Any</option>
            {auditDecisions.map((decision) => (
              <option key={decision} value={decision}>
                {decisionStyles[decision].label}
              </option>
            ))}
          </Select>
        )}
      </Field>
      <Button type="submit">Filter</Button>
    </form>
  );
}

interface WordProps {
  readonly name: 'who' | 'on' | 'what';
  readonly label: string;
  readonly hint: string;
  readonly search: AuditSearch;
}

function Word({ name, label, hint, search }: WordProps): ReactNode {
  return (
    <Field label={label}>
      {(control) => <TextInput {...control} name={name} defaultValue={search[name] ?? ''} placeholder={hint} />}
    </Field>
  );
}
