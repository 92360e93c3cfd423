import type { ReactNode } from 'react';
import { Button } from '../ui/button.tsx';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { Page } from './page.tsx';

/** Shown in place of a view that failed, with the rest of the page still working around it. */
export function RouteError({ error, reset }: { readonly error: unknown; readonly reset?: () => void }): ReactNode {
  return (
    <Page title="This view failed">
      <ProblemNotice error={error}>
        <div>
          <Button onClick={() => (reset === undefined ? location.reload() : reset())}>Show it again</Button>
        </div>
      </ProblemNotice>
    </Page>
  );
}
