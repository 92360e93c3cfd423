import type { ModelCall } from '@chorale/lib-client';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useClient } from '../data/backend.tsx';
import { modelCallsQuery, modelKeysQuery } from '../data/queries.ts';
import { StateMark } from '../status/state-mark.tsx';
import type { StateStyle } from '../status/tone.ts';
import { Button } from '../ui/button.tsx';
import { EmptyState } from '../ui/empty-state.tsx';
import { Field, Select } from '../ui/field.tsx';
import { formatDuration } from '../ui/format.ts';
import { ModelsIcon } from '../ui/icons.tsx';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { Age } from '../ui/time.tsx';
import { formatUsd } from './format-usd.ts';
import { CellNote, DataTable } from '../ui/data-table.tsx';
import prose from '../ui/prose.module.css';
import { Unseen } from '../ui/unseen.tsx';
import styles from './models-page.module.css';

export function Calls(): ReactNode {
  const { key, goal, result } = useSearch({ from: '/models' });
  const filter = { ...(key === undefined ? {} : { key }), ...(goal === undefined ? {} : { goal }) };
  const query = useInfiniteQuery(modelCallsQuery(useClient(), filter));
  const all = query.data?.pages.flatMap(({ items }) => items) ?? [];
  const shown = result === undefined ? all : all.filter((call) => resultOf(call) === result);
  return (
    <>
      <Filters />
      {query.isError ? <ProblemNotice error={query.error} what="The calls could not be read" /> : null}
      {query.isSuccess && shown.length === 0 ? (
        <EmptyState icon={<ModelsIcon />} title={all.length === 0 ? 'No calls yet' : 'No loaded call fits this filter'}>
          Every call to a model is listed here once it has ended, with the reason why it went where it went.
        </EmptyState>
      ) : null}
      {shown.length === 0 ? null : <CallTable calls={shown} />}
      {query.hasNextPage ? (
        <div>
          <Button onClick={() => void query.fetchNextPage()} disabled={query.isFetchingNextPage}>
            Show earlier calls
          </Button>
        </div>
      ) : null}
    </>
  );
}

function Filters(): ReactNode {
  const search = useSearch({ from: '/models' });
  const navigate = useNavigate({ from: '/models' });
  const keys = useQuery(modelKeysQuery(useClient()));
  return (
    <form className={styles.filters} aria-label="Filter">
      <Field label="Result">
        {(control) => (
          <Select
            {...control}
            value={search.result ?? ''}
            onChange={({ target }) =>
              void navigate({ search: ({ result: _before, ...rest }) => ({ ...rest, ...resultSearch(target.value) }) })
            }
          >
            <option value="">All</option>
            <option value="answered">Answered</option>
            <option value="cached">From the cache</option>
            <option value="failed">Failed</option>
          </Select>
        )}
      </Field>
      <Field label="Key">
        {(control) => (
          <Select
            {...control}
            value={search.key ?? ''}
            onChange={({ target }) =>
              void navigate({
                search: ({ key: _before, ...rest }) => ({
                  ...rest,
                  ...(target.value === '' ? {} : { key: target.value }),
                }),
              })
            }
          >
            <option value="">Any or none</option>
            {(keys.data ?? []).map(({ keyId, name }) => (
              <option key={keyId} value={keyId}>
                {name}
              </option>
            ))}
          </Select>
        )}
      </Field>
    </form>
  );
}

function resultSearch(value: string): { readonly result?: CallResult } {
  return value === 'answered' || value === 'cached' || value === 'failed' ? { result: value } : {};
}

type CallResult = 'answered' | 'cached' | 'failed';

function resultOf({ failure, cache }: ModelCall): CallResult {
  if (failure !== undefined) return 'failed';
  return cache === 'none' ? 'answered' : 'cached';
}

const results: Readonly<Record<CallResult, StateStyle>> = {
  answered: { label: 'Answered', tone: 'good', mark: 'check' },
  cached: { label: 'From the cache', tone: 'good', mark: 'ring' },
  failed: { label: 'Failed', tone: 'bad', mark: 'cross' },
};

function CallTable({ calls }: { readonly calls: readonly ModelCall[] }): ReactNode {
  return (
    <DataTable label="Calls">
      <thead>
        <tr>
          <th scope="col">Result</th>
          <th scope="col">Deployment</th>
          <th scope="col">For</th>
          <th scope="col" data-number>
            Took
          </th>
          <th scope="col" data-number>
            Tokens
          </th>
          <th scope="col" data-number>
            Cost
          </th>
          <th scope="col">Ended</th>
          <th scope="col">
            <Unseen>Why</Unseen>
          </th>
        </tr>
      </thead>
      <tbody>
        {calls.map((call) => {
          const style = results[resultOf(call)];
          return (
            <tr key={call.callId}>
              <td>
                <span className={prose.marked}>
                  <StateMark style={style} size={13} />
                  {call.failure?.code ?? style.label}
                </span>
              </td>
              <th scope="row">
                {call.deploymentId ?? 'none'}
                {call.tries > 1 ? <CellNote>after {call.tries} tries</CellNote> : null}
              </th>
              <td>{call.agent ?? call.taskClass}</td>
              <td data-number>{formatDuration(call.endedAt - call.startedAt)}</td>
              <td data-number>
                {call.usage === undefined ? '' : `${call.usage.inputTokens} + ${call.usage.outputTokens}`}
              </td>
              <td data-number>{formatUsd(call.costUsd)}</td>
              <td>
                <Age at={call.endedAt} />
              </td>
              <td>
                <Link
                  to="/models/calls/$callId"
                  params={{ callId: call.callId }}
                  className={prose.link}
                  aria-label={`Why ${call.deploymentId ?? 'none'} for call ${call.callId}`}
                >
                  Why
                </Link>
              </td>
            </tr>
          );
        })}
      </tbody>
    </DataTable>
  );
}
