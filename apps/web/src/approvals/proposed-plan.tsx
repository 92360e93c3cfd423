import type { Json } from '@chorale/lib-client';
import type { ReactNode } from 'react';
import { JsonView } from '../ui/json-view.tsx';
import { fieldsOf, type Fields, textOf } from './approval-context.ts';
import styles from './proposed-plan.module.css';

/** A plan that an agent proposes: what is done, by whom, after what, and what it gives. Why is in the question. */
export function ProposedPlan({ plan }: { readonly plan: Fields }): ReactNode {
  const tasks = Array.isArray(plan['tasks']) ? (plan['tasks'] as readonly Json[]).map(fieldsOf) : [];
  const outputs = fieldsOf(plan['outputs']);
  return (
    <section className={styles.plan} aria-label="Proposed plan">
      <ol className={styles.tasks}>
        {tasks.map((task, index) => (
          // Keys are the agent's, and may be there twice in a plan that cannot run.
          <li key={`${index} ${textOf(task['key'])}`} className={styles.task}>
            <PlannedTask task={task} />
          </li>
        ))}
      </ol>
      {Object.keys(outputs).length === 0 ? null : (
        <p className={styles.gives}>
          Gives{' '}
          {Object.entries(outputs).map(([name, value], index) => (
            <span key={name}>
              {index === 0 ? '' : ', '}
              {name} <code>{textOf(value)}</code>
            </span>
          ))}
        </p>
      )}
    </section>
  );
}

function PlannedTask({ task }: { readonly task: Fields }): ReactNode {
  const needs = Array.isArray(task['needs']) ? task['needs'].map((need) => textOf(need as Json)) : [];
  const what = task['task'] ?? task['question'];
  return (
    <>
      <p className={styles.head}>
        <strong>{textOf(task['title'] ?? task['key'])}</strong>
        <span className={styles.by}>{whoOf(task)}</span>
      </p>
      {what === undefined ? null : <p className={styles.what}>{textOf(what)}</p>}
      <p className={styles.facts}>
        {textOf(task['key'])}
        {needs.length === 0 ? ', starts at once' : `, after ${needs.join(', ')}`}
        {task['optional'] === true ? ', may fail' : ''}
      </p>
      {task['input'] === undefined ? null : (
        <JsonView value={task['input']} label={`Input of ${textOf(task['key'])}`} />
      )}
    </>
  );
}

function whoOf(task: Fields): string {
  if (task['agent'] !== undefined)
    return `${textOf(task['agent'])}${task['skill'] === undefined ? '' : ` with ${textOf(task['skill'])}`}`;
  if (task['workflow'] !== undefined) return `workflow ${textOf(task['workflow'])}`;
  return 'a person';
}
