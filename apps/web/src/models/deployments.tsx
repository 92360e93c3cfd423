import type { ModelDeployment } from '@chorale/lib-client';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useClient } from '../data/backend.tsx';
import { deploymentsQuery } from '../data/queries.ts';
import { queryKeys } from '../data/query-keys.ts';
import { StateMark } from '../status/state-mark.tsx';
import type { StateStyle } from '../status/tone.ts';
import { Button } from '../ui/button.tsx';
import { EmptyState } from '../ui/empty-state.tsx';
import { formatDuration } from '../ui/format.ts';
import { ModelsIcon } from '../ui/icons.tsx';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { Until } from '../ui/time.tsx';
import { sayDone, sayFailed } from '../ui/toasts.tsx';
import { formatTokens, formatUsd } from './format-usd.ts';
import { CellNote, DataTable } from '../ui/data-table.tsx';
import prose from '../ui/prose.module.css';
import { Unseen } from '../ui/unseen.tsx';
import styles from './models-page.module.css';

export function Deployments(): ReactNode {
  const query = useQuery(deploymentsQuery(useClient()));
  if (query.isError) return <ProblemNotice error={query.error} what="The models could not be read" />;
  if (query.data === undefined) return <p className={prose.quiet}>Looking…</p>;
  if (query.data.length === 0) {
    return (
      <EmptyState icon={<ModelsIcon />} title="No model is configured" command="chorale doctor">
        Set the key of a provider, such as <code>OPENAI_API_KEY</code>, or start a model server on this machine, such as
        Ollama. Workflows that need no model run without one.
      </EmptyState>
    );
  }
  return (
    <DataTable label="Deployments">
      <thead>
        <tr>
          <th scope="col">Deployment</th>
          <th scope="col">State</th>
          <th scope="col" data-number>
            In / out per M tokens
          </th>
          <th scope="col" data-number>
            First byte
          </th>
          <th scope="col" data-number>
            Failing
          </th>
          <th scope="col" data-number>
            Busy
          </th>
          <th scope="col" data-number>
            Context
          </th>
          <th scope="col">What is sent is</th>
          <th scope="col">
            <Unseen>Actions</Unseen>
          </th>
        </tr>
      </thead>
      <tbody>
        {query.data.map((deployment) => (
          <Row key={deployment.deploymentId} deployment={deployment} />
        ))}
      </tbody>
    </DataTable>
  );
}

const states: Readonly<Record<ModelDeployment['state'], StateStyle>> = {
  ready: { label: 'Ready', tone: 'good', mark: 'check' },
  'cooling-down': { label: 'Cooling down', tone: 'bad', mark: 'pause' },
  probing: { label: 'Probing', tone: 'run', mark: 'spin' },
};

const retentions: Readonly<Record<string, string>> = {
  local: 'kept on our machines',
  none: 'kept by nobody',
  keeps: 'kept for a while',
  trains: 'learned from',
};

function Row({ deployment }: { readonly deployment: ModelDeployment }): ReactNode {
  const { deploymentId, prices, state, coolingUntil, coolingBecause, learned } = deployment;
  return (
    <tr>
      <th scope="row">
        {deploymentId}
        <CellNote>{deployment.capabilities.join(', ')}</CellNote>
        {learned.map(({ fact, detail }) => (
          <span key={fact} className={styles.learned}>
            {fact}: {detail}
          </span>
        ))}
      </th>
      <td>
        <span className={prose.marked}>
          <StateMark style={states[state]} size={13} />
          {states[state].label}
        </span>
        {coolingBecause === undefined ? null : (
          <CellNote>
            {coolingBecause}
            {coolingUntil === undefined ? null : (
              <>
                , again <Until at={coolingUntil} />
              </>
            )}
          </CellNote>
        )}
      </td>
      <td data-number>
        {prices === undefined ? 'unknown' : `${formatUsd(prices.inputUsd)} / ${formatUsd(prices.outputUsd)}`}
      </td>
      <td data-number>{formatDuration(deployment.firstByteMs)}</td>
      <td data-number>{Math.round(deployment.failing * 100)} %</td>
      <td data-number>{deployment.inFlight}</td>
      <td data-number>{formatTokens(deployment.contextTokens)}</td>
      <td>{retentions[deployment.retention] ?? deployment.retention}</td>
      <td>
        <TestButton deploymentId={deploymentId} />
      </td>
    </tr>
  );
}

function TestButton({ deploymentId }: { readonly deploymentId: string }): ReactNode {
  const client = useClient();
  const cache = useQueryClient();
  const test = useMutation({
    mutationFn: () => client.testDeployment(deploymentId),
    onSuccess: async (result) => {
      await cache.invalidateQueries({ queryKey: queryKeys.models });
      if (result.ok)
        sayDone(`${deploymentId} answered in ${formatDuration(result.durationMs)} for ${formatUsd(result.costUsd)}`);
      else sayFailed(`${deploymentId} did not answer`, new Error(result.failure?.message ?? 'without a reason'));
    },
    onError: (error) => sayFailed(`${deploymentId} could not be tested`, error),
  });
  return (
    <Button
      onClick={() => test.mutate()}
      disabled={test.isPending}
      tip="Sends one small call, which costs what it costs"
      aria-label={`Test ${deploymentId}`}
    >
      {test.isPending ? 'Testing…' : 'Test'}
    </Button>
  );
}
