import type { Priority, Workflow, WorkflowSummary } from '@chorale/lib-client';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import type { FormEvent, ReactNode } from 'react';
import { useState } from 'react';
import { useClient } from '../data/backend.tsx';
import { putGoal } from '../data/live-updates.ts';
import { workflowQuery, workflowsQuery } from '../data/queries.ts';
import { useProjects } from '../projects/chosen-project.ts';
import { Button } from '../ui/button.tsx';
import { Dialog, DialogActions, DialogBody } from '../ui/dialog.tsx';
import { Field, Select, TextInput } from '../ui/field.tsx';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { firstTypedInputs, readTypedInputs, type TypedInputs } from './goal-inputs.ts';
import { InputFields } from './input-fields.tsx';
import styles from './new-goal-dialog.module.css';

interface NewGoalDialogProps {
  /** Chosen already, or empty. */
  readonly workflow: string;
  readonly onClose: () => void;
}

export function NewGoalDialog({ workflow: chosen, onClose }: NewGoalDialogProps): ReactNode {
  const client = useClient();
  const [name, setName] = useState(chosen);
  const workflows = useQuery(workflowsQuery(client));
  const usable = workflows.data?.filter(canStart).map((item) => item.name) ?? [];
  const current = name === '' ? (usable[0] ?? '') : name;
  const workflow = useQuery({ ...workflowQuery(client, current), enabled: current !== '' });
  const none = workflows.isSuccess && current === '';
  return (
    <Dialog open onClose={onClose} title="New goal" description={workflow.data?.description} wide>
      <DialogBody>
        {none ? (
          <p>
            There is no workflow that can be started. Put a workflow file into the project's{' '}
            <code>.agents/workflows</code> folder and check it with <code>chorale workflow validate</code>.
          </p>
        ) : (
          <WorkflowChoice names={usable} current={current} onChoose={setName} />
        )}
        {workflows.isError ? <ProblemNotice error={workflows.error} what="The workflows could not be read" /> : null}
        {workflow.isError ? (
          <ProblemNotice error={workflow.error} what={`The workflow ${current} could not be read`} />
        ) : null}
        {workflow.data !== undefined && !canStart(workflow.data) ? <Unusable workflow={workflow.data} /> : null}
      </DialogBody>
      {workflow.data === undefined || !canStart(workflow.data) ? null : (
        <GoalForm key={workflow.data.name} workflow={workflow.data} onClose={onClose} />
      )}
    </Dialog>
  );
}

interface WorkflowChoiceProps {
  readonly names: readonly string[];
  readonly current: string;
  readonly onChoose: (name: string) => void;
}

/** There from the start, though its options come later: the dialog's focus begins here. */
function WorkflowChoice({ names, current, onChoose }: WorkflowChoiceProps): ReactNode {
  return (
    <Field label="Workflow">
      {(control) => (
        <Select {...control} value={current} onChange={(event) => onChoose(event.target.value)}>
          {names.includes(current) ? null : <option value={current}>{current === '' ? 'Reading…' : current}</option>}
          {names.map((name) => (
            <option key={name} value={name}>
              {name}
            </option>
          ))}
        </Select>
      )}
    </Field>
  );
}

function canStart({ valid, trust }: Pick<WorkflowSummary, 'valid' | 'trust'>): boolean {
  return valid && trust === 'trusted';
}

function Unusable({ workflow: { name, valid } }: { readonly workflow: Workflow }): ReactNode {
  return (
    <p>
      {valid
        ? 'This workflow came with a project and is not trusted yet. '
        : 'The file of this workflow has mistakes, so it cannot be started. '}
      <Link to="/workflows/$name" params={{ name }} className={styles.link}>
        Look at {name}
      </Link>
    </p>
  );
}

interface ProjectFieldProps {
  readonly project: string;
  readonly onChoose: (projectId: string) => void;
}

/** Only where there is something to choose. */
function ProjectField({ project, onChoose }: ProjectFieldProps): ReactNode {
  const { projects, several } = useProjects();
  if (!several) return null;
  return (
    <Field label="Project" hint="It stays there: a goal is never moved.">
      {(control) => (
        <Select {...control} value={project} onChange={(event) => onChoose(event.target.value)}>
          <option value="">The usual one</option>
          {projects
            .filter(({ state }) => state === 'active')
            .map(({ projectId, displayName }) => (
              <option key={projectId} value={projectId}>
                {displayName}
              </option>
            ))}
        </Select>
      )}
    </Field>
  );
}

interface PriorityFieldProps {
  readonly priority: Priority;
  readonly onChoose: (priority: Priority) => void;
}

function PriorityField({ priority, onChoose }: PriorityFieldProps): ReactNode {
  return (
    <Field label="Priority">
      {(control) => (
        <Select {...control} value={priority} onChange={(event) => onChoose(event.target.value as Priority)}>
          <option value="urgent">Urgent</option>
          <option value="high">High</option>
          <option value="normal">Normal</option>
          <option value="low">Low</option>
        </Select>
      )}
    </Field>
  );
}

/** One form is one request: pressing twice, or again after a lost answer, starts one goal. */
function GoalForm({ workflow, onClose }: { readonly workflow: Workflow; readonly onClose: () => void }): ReactNode {
  const client = useClient();
  const cache = useQueryClient();
  const navigate = useNavigate();
  const [idempotencyKey] = useState(() => makeRequestKey());
  const [typed, setTyped] = useState<TypedInputs>(() => firstTypedInputs(workflow.inputs));
  const [title, setTitle] = useState('');
  const { chosen } = useProjects();
  const [named, setNamed] = useState<string>();
  const project = named ?? chosen ?? '';
  const [priority, setPriority] = useState<Priority>('normal');
  const [checked, setChecked] = useState(false);
  const { inputs, errors } = readTypedInputs(workflow.inputs, typed);
  const submission = useMutation({
    mutationFn: () =>
      client.submitGoal(
        {
          workflow: workflow.name,
          inputs,
          priority,
          ...(title.trim() === '' ? {} : { title: title.trim() }),
          ...(project === '' ? {} : { projectId: project }),
        },
        { idempotencyKey },
      ),
    onSuccess: ({ goal }) => {
      putGoal(cache, goal);
      void navigate({ to: '/goals/$goalId', params: { goalId: goal.goalId } });
    },
  });
  const onSubmit = (event: FormEvent): void => {
    event.preventDefault();
    setChecked(true);
    if (Object.keys(errors).length === 0) submission.mutate();
  };
  return (
    <form onSubmit={onSubmit} noValidate>
      <DialogBody>
        <InputFields
          definitions={workflow.inputs}
          typed={typed}
          errors={checked ? errors : {}}
          onChange={(name, value) => setTyped({ ...typed, [name]: value })}
        />
        <Field label="Title" optional hint="What the list shows; the workflow's name otherwise.">
          {(control) => <TextInput {...control} value={title} onChange={(event) => setTitle(event.target.value)} />}
        </Field>
        <ProjectField project={project} onChoose={setNamed} />
        <PriorityField priority={priority} onChoose={setPriority} />
        {submission.isError ? <ProblemNotice error={submission.error} what="The goal was not started" /> : null}
      </DialogBody>
      <DialogActions>
        <Button onClick={onClose}>Close</Button>
        <Button look="primary" type="submit" disabled={submission.isPending}>
          {submission.isPending ? 'Starting…' : 'Start goal'}
        </Button>
      </DialogActions>
    </form>
  );
}

/** `crypto.randomUUID` is missing on plain http beyond this machine; random values are there everywhere. */
function makeRequestKey(): string {
  return `page-${[...crypto.getRandomValues(new Uint32Array(4))].map((part) => part.toString(36)).join('')}`;
}
