import type { ModelLearning, ModelLine } from '@chorale/lib-client';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useClient } from '../data/backend.tsx';
import { modelLearningQuery } from '../data/queries.ts';
import { DataTable } from '../ui/data-table.tsx';
import { EmptyState } from '../ui/empty-state.tsx';
import { formatInstant } from '../ui/format.ts';
import { ModelsIcon } from '../ui/icons.tsx';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import prose from '../ui/prose.module.css';
import styles from './models-page.module.css';

/** What was learned of each model from how calls went, and from where on the stronger one is asked. */
export function Learning(): ReactNode {
  const query = useQuery(modelLearningQuery(useClient()));
  if (query.isError) return <ProblemNotice error={query.error} what="What was learned could not be read" />;
  if (query.data === undefined) return <p className={prose.quiet}>Looking…</p>;
  const { outcomes, outcomesMin, learned } = query.data;
  if (outcomes.length === 0) {
    return (
      <EmptyState icon={<ModelsIcon />} title="No outcomes yet" command="chorale models rate CALL good">
        Each turn of an agent says how its model did, and you can say it of any call.
      </EmptyState>
    );
  }
  return (
    <>
      <section className={styles.section}>
        <h2>Outcomes</h2>
        <Outcomes learning={query.data} />
        <p className={prose.quiet}>
          {learned === undefined
            ? `Nothing is learned yet: it takes ${outcomesMin} outcomes of a model whose calls left a choice.`
            : `Version ${learned.version}, learned ${formatInstant(learned.trainedAt)}.`}
        </p>
      </section>
      {learned === undefined ? null : (
        <section className={styles.section}>
          <h2>Weaker or stronger</h2>
          {learned.lines.length === 0 ? (
            <p className={prose.quiet}>No model was seen to be better than another.</p>
          ) : (
            <Lines lines={learned.lines} />
          )}
        </section>
      )}
    </>
  );
}

function Outcomes({ learning: { outcomes, learned } }: { readonly learning: ModelLearning }): ReactNode {
  return (
    <DataTable label="Outcomes">
      <thead>
        <tr>
          <th scope="col">Model</th>
          <th scope="col">Kind of task</th>
          <th scope="col" data-number>
            Good
          </th>
          <th scope="col" data-number>
            Bad
          </th>
          <th scope="col" data-number>
            Learned from
          </th>
        </tr>
      </thead>
      <tbody>
        {outcomes.map(({ model, taskClass, good, bad }) => (
          <tr key={`${model} ${taskClass}`}>
            <th scope="row">{model}</th>
            <td>{taskClass}</td>
            <td data-number>{good}</td>
            <td data-number>{bad}</td>
            <td data-number>{learned?.models.find((one) => one.model === model)?.outcomes ?? ''}</td>
          </tr>
        ))}
      </tbody>
    </DataTable>
  );
}

const percent = (share: number): string => `${Math.round(share * 100)} %`;

function Lines({ lines }: { readonly lines: readonly ModelLine[] }): ReactNode {
  return (
    <DataTable label="Weaker or stronger">
      <thead>
        <tr>
          <th scope="col">Strategy</th>
          <th scope="col">Instead of</th>
          <th scope="col">Asks</th>
          <th scope="col" data-number>
            From a gain of
          </th>
          <th scope="col" data-number>
            Keeps of the advantage
          </th>
          <th scope="col" data-number>
            With of the calls
          </th>
        </tr>
      </thead>
      <tbody>
        {lines.flatMap(({ weak, strong, strategies }) =>
          strategies.map(({ strategy, threshold, kept, strongShare }) => (
            <tr key={`${weak} ${strong} ${strategy}`}>
              <th scope="row">{strategy}</th>
              <td>{weak}</td>
              <td>{strong}</td>
              <td data-number>{threshold.toFixed(3)}</td>
              <td data-number>{percent(kept)}</td>
              <td data-number>{percent(strongShare)}</td>
            </tr>
          )),
        )}
      </tbody>
    </DataTable>
  );
}
