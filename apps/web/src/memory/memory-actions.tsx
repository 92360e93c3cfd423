import type { MemoryDetails } from '@chorale/lib-client';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useState } from 'react';
import { useClient } from '../data/backend.tsx';
import { Button } from '../ui/button.tsx';
import { Dialog, DialogActions, DialogBody } from '../ui/dialog.tsx';
import { Field, TextArea } from '../ui/field.tsx';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { sayDone, sayFailed } from '../ui/toasts.tsx';
import { memoryKey } from './memory-queries.ts';

interface ActionProps {
  readonly memory: MemoryDetails;
}

export function MemoryActions({ memory }: ActionProps): ReactNode {
  const client = useClient();
  const cache = useQueryClient();
  const [asked, setAsked] = useState<'edit' | 'forget' | undefined>();
  const pin = useMutation({
    mutationFn: () => client.markMemory(memory.memoryId, { pinned: !memory.pinned }),
    onSuccess: async ({ pinned }) => {
      sayDone(pinned ? 'Pinned: it neither fades nor is deleted when its time is over' : 'No longer pinned');
      await cache.invalidateQueries({ queryKey: memoryKey });
    },
    onError: (error) => sayFailed('It could not be pinned', error),
  });
  const close = (): void => setAsked(undefined);
  return (
    <>
      <Button onClick={() => pin.mutate()} disabled={pin.isPending} aria-pressed={memory.pinned}>
        {memory.pinned ? 'Pinned' : 'Pin'}
      </Button>
      <Button onClick={() => setAsked('edit')}>Edit…</Button>
      <Button onClick={() => setAsked('forget')}>Forget…</Button>
      {asked === 'edit' ? <EditDialog memory={memory} onClose={close} /> : null}
      {asked === 'forget' ? <ForgetDialog memory={memory} onClose={close} /> : null}
    </>
  );
}

interface DialogProps extends ActionProps {
  readonly onClose: () => void;
}

function EditDialog({ memory, onClose }: DialogProps): ReactNode {
  const client = useClient();
  const cache = useQueryClient();
  const navigate = useNavigate();
  const [text, setText] = useState(memory.text);
  const edit = useMutation({
    mutationFn: () => client.editMemory(memory.memoryId, { text: text.trim() }),
    onSuccess: async (added) => {
      onClose();
      sayDone('It says so now; what it was stays as history');
      await cache.invalidateQueries({ queryKey: memoryKey });
      await navigate({ to: '/memory/$memoryId', params: { memoryId: added.memory.memoryId } });
    },
  });
  const same = text.trim() === '' || text.trim() === memory.text;
  return (
    <Dialog open onClose={onClose} title="Edit the memory" description="As of before, it is found as it was.">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (!same) edit.mutate();
        }}
      >
        <DialogBody>
          <Field label="What it says">
            {(control) => (
              <TextArea
                {...control}
                rows={6}
                maxLength={20_000}
                value={text}
                onChange={({ target }) => setText(target.value)}
              />
            )}
          </Field>
          {edit.isError ? <ProblemNotice error={edit.error} what="It was not changed" /> : null}
        </DialogBody>
        <DialogActions>
          <Button onClick={onClose}>Leave it</Button>
          <Button look="primary" type="submit" disabled={same || edit.isPending}>
            Replace
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}

/** Two ways: no longer true, which stays as history, or gone for good. */
function ForgetDialog({ memory, onClose }: DialogProps): ReactNode {
  const client = useClient();
  const cache = useQueryClient();
  const navigate = useNavigate();
  const forget = useMutation({
    mutationFn: async (way: 'retract' | 'erase') => {
      if (way === 'retract') await client.retractMemory(memory.memoryId);
      else await client.forgetMemories({ memoryIds: [memory.memoryId] });
      return way;
    },
    onSuccess: async (way) => {
      onClose();
      sayDone(way === 'erase' ? 'It is deleted for good' : 'It is taken back');
      if (way === 'erase') {
        cache.removeQueries({ queryKey: [...memoryKey, 'one', memory.memoryId] });
        await navigate({ to: '/memory', search: {} });
      }
      await cache.invalidateQueries({ queryKey: memoryKey });
    },
  });
  const { length: sources } = memory.episodes;
  return (
    <Dialog open onClose={onClose} title="Forget it?">
      <DialogBody>
        <p>
          Take it back when it is not true: it is found no more, and stays as history. Delete it when it must not be
          here: it goes for good
          {sources === 0 ? '' : ', with what it comes from and everything else that was made of that'}.
        </p>
        {memory.legalHold ? <p>It is under legal hold: deleting leaves it here.</p> : null}
        {forget.isError ? <ProblemNotice error={forget.error} what="It was not forgotten" /> : null}
      </DialogBody>
      <DialogActions>
        <Button onClick={onClose}>Keep it</Button>
        <Button
          onClick={() => forget.mutate('retract')}
          disabled={forget.isPending || memory.retractedAt !== undefined}
        >
          Take it back
        </Button>
        <Button look="danger" onClick={() => forget.mutate('erase')} disabled={forget.isPending}>
          Delete for good
        </Button>
      </DialogActions>
    </Dialog>
  );
}
