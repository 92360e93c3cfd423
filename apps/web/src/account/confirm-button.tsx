import { useMutation } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useState } from 'react';
import { Button } from '../ui/button.tsx';
import { Dialog, DialogActions, DialogBody } from '../ui/dialog.tsx';
import { ProblemNotice } from '../ui/problem-notice.tsx';

interface ConfirmButtonProps {
  /** On the button, and on the one that does it. */
  readonly label: string;
  /** For who does not see what it stands beside. */
  readonly name: string;
  readonly question: string;
  readonly description: string;
  readonly act: () => Promise<unknown>;
}

/** For what cannot be taken back: it is asked twice. */
export function ConfirmButton({ label, name, question, description, act }: ConfirmButtonProps): ReactNode {
  const [open, setOpen] = useState(false);
  const doing = useMutation({ mutationFn: act, onSuccess: () => setOpen(false) });
  return (
    <>
      <Button look="quiet" aria-label={`${label} ${name}`} onClick={() => setOpen(true)}>
        {label}
      </Button>
      <Dialog open={open} onClose={() => setOpen(false)} title={question} description={description}>
        {doing.isError ? (
          <DialogBody>
            <ProblemNotice error={doing.error} />
          </DialogBody>
        ) : null}
        <DialogActions>
          <Button onClick={() => setOpen(false)}>Keep it</Button>
          <Button look="danger" disabled={doing.isPending} onClick={() => doing.mutate()}>
            {label}
          </Button>
        </DialogActions>
      </Dialog>
    </>
  );
}
