import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { EmptyState } from '../ui/empty-state.tsx';
import { HelpIcon } from '../ui/icons.tsx';
import { Page } from './page.tsx';

export function NotFoundPage(): ReactNode {
  return (
    <Page title="Nothing here">
      <EmptyState icon={<HelpIcon />} title="There is no page at this address" command="chorale goal list">
        It may have been mistyped, or belong to a newer version. <Link to="/goals">Go to the goals</Link>, or press Ctrl
        K and type what you want to do.
      </EmptyState>
    </Page>
  );
}
