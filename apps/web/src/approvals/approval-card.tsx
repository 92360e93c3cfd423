import type { Approval, Decision } from '@chorale/lib-client';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useState } from 'react';
import { useClient } from '../data/backend.tsx';
import { queryKeys } from '../data/query-keys.ts';
import { StateLabel } from '../status/state-mark.tsx';
import type { StateStyle } from '../status/tone.ts';
import { Button } from '../ui/button.tsx';
import { Field, TextArea } from '../ui/field.tsx';
import { CheckIcon, CloseIcon } from '../ui/icons.tsx';
import { JsonView } from '../ui/json-view.tsx';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { Age, Until } from '../ui/time.tsx';
import { answerForms, fieldsOf, isEmpty, type ReadAnswer, textOf } from './approval-context.ts';
import styles from './approval-card.module.css';
import { ProposedPlan } from './proposed-plan.tsx';

const stateStyles: Readonly<Record<Approval['state'], StateStyle>> = {
  pending: { label: 'Needs you', tone: 'ask', mark: 'person' },
  approved: { label: 'Approved', tone: 'good', mark: 'check' },
  rejected: { label: 'Rejected', tone: 'bad', mark: 'cross' },
  expired: { label: 'Expired', tone: 'idle', mark: 'moon' },
  withdrawn: { label: 'Withdrawn', tone: 'idle', mark: 'slash' },
};

/** A question to a person, what they need to see, and their answer. */
export function ApprovalCard({ approval }: { readonly approval: Approval }): ReactNode {
  const { state } = approval;
  return (
    <article className={styles.card} data-state={state} aria-label={`Approval: ${approval.question}`}>
      <p className={styles.head}>
        <StateLabel style={stateStyles[state]} />
        <span className={styles.when}>
          {state === 'pending' ? (
            <>
              asked <Age at={approval.requestedAt} /> ago
            </>
          ) : (
            <>
              {approval.decidedBy === undefined ? '' : `by ${approval.decidedBy} `}
              {approval.decidedAt === undefined ? null : (
                <>
                  <Age at={approval.decidedAt} /> ago
                </>
              )}
            </>
          )}
          {state === 'pending' && approval.expiresAt !== undefined ? (
            <>
              , expires <Until at={approval.expiresAt} />
            </>
          ) : null}
        </span>
      </p>
      <p className={styles.question}>{approval.question}</p>
      {approval.kind === 'uncertain-step' ? (
        <p className={styles.note}>
          A step began and its end is unknown. Approve to let it be made again, or approve with an answer that says what
          it gave. Reject to fail the task.
        </p>
      ) : null}
      <AskedAbout approval={approval} />
      {approval.comment === undefined || approval.comment === '' ? null : (
        <p className={styles.comment}>“{approval.comment}”</p>
      )}
      {state !== 'pending' && approval.answer !== undefined && !isEmpty(approval.answer) ? (
        <JsonView value={approval.answer} label="Answer" />
      ) : null}
      {state === 'pending' ? <DecisionForm approval={approval} /> : null}
    </article>
  );
}

/** What a person needs to see, by what is asked. */
function AskedAbout({ approval: { kind, context } }: { readonly approval: Approval }): ReactNode {
  const { plan, tool, arguments: given } = fieldsOf(context);
  if (kind === 'plan' && plan !== undefined) return <ProposedPlan plan={fieldsOf(plan)} />;
  if (kind === 'tool-call' && given !== undefined)
    return <JsonView value={given} label={`Arguments of ${textOf(tool)}`} />;
  return isEmpty(context) ? null : <JsonView value={context} label="Context" />;
}

function DecisionForm({ approval }: { readonly approval: Approval }): ReactNode {
  const client = useClient();
  const cache = useQueryClient();
  const [comment, setComment] = useState('');
  const [answer, setAnswer] = useState('');
  const [answering, setAnswering] = useState(false);
  const form = answerForms[approval.kind];
  const proposed = form.first(approval.context);
  // The engine's own questions take what stands there as the answer; an agent's take what was changed.
  const isChanged = approval.kind === 'task' || approval.kind === 'uncertain-step' || answer !== proposed;
  const read = answering && answer.trim() !== '' && isChanged ? form.read(answer) : undefined;
  const wrong = read !== undefined && 'error' in read ? read.error : undefined;
  const decide = useMutation({
    mutationFn: (decision: Decision['decision']) =>
      client.decideApproval(approval.approvalId, decisionOf(decision, comment, read)),
    onSettled: async () => {
      // Decided by somebody else meanwhile, or by us: either way the rows know better.
      await Promise.all([
        cache.invalidateQueries({ queryKey: queryKeys.approvalLists }),
        cache.invalidateQueries({ queryKey: queryKeys.goal(approval.goalId) }),
      ]);
    },
  });
  return (
    <form
      className={styles.form}
      onSubmit={(event) => {
        event.preventDefault();
        if (wrong === undefined) decide.mutate('approve');
      }}
    >
      <Field label="Comment" optional>
        {(control) => (
          <TextArea {...control} rows={1} value={comment} onChange={(event) => setComment(event.target.value)} />
        )}
      </Field>
      {answering ? <AnswerField kind={approval.kind} text={answer} wrong={wrong} onChange={setAnswer} /> : null}
      {decide.isError ? <ProblemNotice error={decide.error} what="The decision was not taken" /> : null}
      <div className={styles.actions}>
        <Button
          look="primary"
          type="submit"
          icon={<CheckIcon size={14} />}
          disabled={decide.isPending || wrong !== undefined}
        >
          Approve
        </Button>
        <Button icon={<CloseIcon size={14} />} disabled={decide.isPending} onClick={() => decide.mutate('reject')}>
          Reject
        </Button>
        {answering ? null : (
          <Button
            look="quiet"
            onClick={() => {
              setAnswer(proposed);
              setAnswering(true);
            }}
          >
            {form.offer}
          </Button>
        )}
      </div>
    </form>
  );
}

interface AnswerFieldProps {
  readonly kind: Approval['kind'];
  readonly text: string;
  readonly wrong: string | undefined;
  readonly onChange: (text: string) => void;
}

const codeRowsMax = 18;

function AnswerField({ kind, text, wrong, onChange }: AnswerFieldProps): ReactNode {
  const { label, hint, code } = answerForms[kind];
  return (
    <Field label={label} error={wrong} hint={hint}>
      {(control) => (
        <TextArea
          {...control}
          code={code}
          rows={code ? Math.min(codeRowsMax, Math.max(5, text.split('\n').length)) : 3}
          spellCheck={!code}
          value={text}
          onChange={(event) => onChange(event.target.value)}
        />
      )}
    </Field>
  );
}

function decisionOf(decision: Decision['decision'], comment: string, read: ReadAnswer | undefined): Decision {
  return {
    decision,
    ...(comment.trim() === '' ? {} : { comment: comment.trim() }),
    ...(decision === 'approve' && read !== undefined && 'value' in read ? { answer: read.value } : {}),
  };
}
