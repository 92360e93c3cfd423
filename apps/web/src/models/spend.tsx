import type { ModelBudget, ModelKey } from '@chorale/lib-client';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useClient } from '../data/backend.tsx';
import { budgetsQuery, modelKeysQuery } from '../data/queries.ts';
import { StateMark } from '../status/state-mark.tsx';
import type { StateStyle } from '../status/tone.ts';
import { useNow } from '../ui/clock.ts';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { Age, Until } from '../ui/time.tsx';
import { formatUsd } from './format-usd.ts';
import { DataTable } from '../ui/data-table.tsx';
import prose from '../ui/prose.module.css';
import styles from './models-page.module.css';
import { SpendBar } from './spend-bar.tsx';

export function Spend(): ReactNode {
  const client = useClient();
  const budgets = useQuery(budgetsQuery(client));
  const keys = useQuery(modelKeysQuery(client));
  return (
    <>
      <section className={styles.section}>
        <h2>Budgets</h2>
        {budgets.isError ? <ProblemNotice error={budgets.error} what="The budgets could not be read" /> : null}
        {budgets.data === undefined ? null : <Budgets budgets={budgets.data} keys={keys.data ?? []} />}
      </section>
      <section className={styles.section}>
        <h2>Keys</h2>
        {keys.isError ? <ProblemNotice error={keys.error} what="The keys could not be read" /> : null}
        {keys.data === undefined ? null : <Keys keys={keys.data} />}
      </section>
    </>
  );
}

function Budgets({
  budgets,
  keys,
}: {
  readonly budgets: readonly ModelBudget[];
  readonly keys: readonly ModelKey[];
}): ReactNode {
  if (budgets.length === 0) {
    return (
      <p className={prose.quiet}>
        Nothing is limited. Set a limit with <code>chorale budgets set tenant --usd 20</code>.
      </p>
    );
  }
  return (
    <ul className={styles.budgets}>
      {budgets.map((budget) => (
        <li key={budget.budgetId} className={styles.budget}>
          <div className={styles.budgetHead}>
            <span className={styles.subject}>{sayFor(budget, keys)}</span>
            <span className={prose.quiet}>
              {windows[budget.window]}
              {budget.resetsAt === undefined ? null : (
                <>
                  , begins anew <Until at={budget.resetsAt} />
                </>
              )}
            </span>
          </div>
          {amounts(budget).map((amount) => (
            <SpendBar key={amount.name} {...amount} />
          ))}
        </li>
      ))}
    </ul>
  );
}

const windows = { total: 'In all', day: 'Each day', month: 'Each month' } as const;

function sayFor({ scope, subject }: ModelBudget, keys: readonly ModelKey[]): string {
  if (scope === 'tenant') return 'Everything';
  if (scope === 'key') return `Key ${keys.find(({ keyId }) => keyId === subject)?.name ?? subject}`;
  return scope === 'goal' ? `Goal ${subject}` : `Agent ${subject}`;
}

function amounts({ limit, spent, reserved }: ModelBudget) {
  const plain = (value: number): string => value.toLocaleString();
  return [
    { name: 'money', limit: limit.usd, spent: spent.usd, reserved: reserved.usd, say: formatUsd },
    { name: 'tokens', limit: limit.tokens, spent: spent.tokens, reserved: reserved.tokens, say: plain },
    { name: 'calls', limit: limit.calls, spent: spent.calls, reserved: reserved.calls, say: plain },
  ].flatMap((amount) => (amount.limit === undefined ? [] : [{ ...amount, limit: amount.limit }]));
}

const valid: StateStyle = { label: 'Valid', tone: 'good', mark: 'check' };
const expired: StateStyle = { label: 'Expired', tone: 'bad', mark: 'moon' };
const revoked: StateStyle = { label: 'Revoked', tone: 'bad', mark: 'cross' };

function Keys({ keys }: { readonly keys: readonly ModelKey[] }): ReactNode {
  const now = useNow();
  if (keys.length === 0) {
    return (
      <p className={prose.quiet}>
        There are none. Make one with <code>chorale keys create my-program --usd 5</code>: it is shown once.
      </p>
    );
  }
  return (
    <DataTable label="Keys">
      <thead>
        <tr>
          <th scope="col">Key</th>
          <th scope="col">Begins with</th>
          <th scope="col">State</th>
          <th scope="col">Models</th>
          <th scope="col">Made</th>
          <th scope="col">Calls</th>
        </tr>
      </thead>
      <tbody>
        {keys.map((key) => {
          const style = stateOf(key, now);
          return (
            <tr key={key.keyId}>
              <th scope="row">{key.name}</th>
              <td>
                <code>{key.prefix}…</code>
              </td>
              <td>
                <span className={prose.marked}>
                  <StateMark style={style} size={13} />
                  {style.label}
                  {style === valid && key.expiresAt !== undefined ? (
                    <>
                      , expires <Until at={key.expiresAt} />
                    </>
                  ) : null}
                </span>
              </td>
              <td>{key.models.join(', ') || 'all'}</td>
              <td>
                <Age at={key.createdAt} />
              </td>
              <td>
                <Link to="/models" search={{ tab: 'calls', key: key.keyId }} className={prose.link}>
                  Calls with {key.name}
                </Link>
              </td>
            </tr>
          );
        })}
      </tbody>
    </DataTable>
  );
}

function stateOf({ revokedAt, expiresAt }: ModelKey, now: number): StateStyle {
  if (revokedAt !== undefined) return revoked;
  return expiresAt !== undefined && expiresAt <= now ? expired : valid;
}
