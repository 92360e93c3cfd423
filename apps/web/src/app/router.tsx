// Where each address leads. Views are loaded when they are first needed; hovering a link loads its view ahead.
import { createRootRoute, createRoute, createRouter, lazyRouteComponent, redirect } from '@tanstack/react-router';
import { GoalsPage } from '../goals/goals-page.tsx';
import { NotFoundPage } from './not-found-page.tsx';
import { RouteError } from './route-error.tsx';
import {
  readApprovalsSearch,
  readAuditSearch,
  readGoalSearch,
  readGoalsSearch,
  readMemorySearch,
  readModelsSearch,
  readRootSearch,
} from './search-params.ts';
import { Shell } from './shell.tsx';

const rootRoute = createRootRoute({
  component: Shell,
  validateSearch: readRootSearch,
  notFoundComponent: NotFoundPage,
  errorComponent: RouteError,
});

const indexRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/',
  beforeLoad: () => redirect({ to: '/goals', replace: true, throw: true }),
});

const goalsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/goals',
  validateSearch: readGoalsSearch,
  component: GoalsPage,
});

const goalRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/goals/$goalId',
  validateSearch: readGoalSearch,
  component: lazyRouteComponent(() => import('../goal/goal-page.tsx'), 'GoalPage'),
});

const approvalsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/approvals',
  validateSearch: readApprovalsSearch,
  component: lazyRouteComponent(() => import('../approvals/approvals-page.tsx'), 'ApprovalsPage'),
});

const workflowsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/workflows',
  component: lazyRouteComponent(() => import('../workflows/workflows-page.tsx'), 'WorkflowsPage'),
});

const workflowRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/workflows/$name',
  component: lazyRouteComponent(() => import('../workflows/workflow-page.tsx'), 'WorkflowPage'),
});

const accountRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/account',
  component: lazyRouteComponent(() => import('../account/account-page.tsx'), 'AccountPage'),
});

const membersRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/members',
  component: lazyRouteComponent(() => import('../account/members-page.tsx'), 'MembersPage'),
});

const auditRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/audit',
  validateSearch: readAuditSearch,
  component: lazyRouteComponent(() => import('../audit/audit-page.tsx'), 'AuditPage'),
});

const systemRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/system',
  component: lazyRouteComponent(() => import('../system/system-page.tsx'), 'SystemPage'),
});

const modelsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/models',
  validateSearch: readModelsSearch,
  component: lazyRouteComponent(() => import('../models/models-page.tsx'), 'ModelsPage'),
});

const modelCallRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/models/calls/$callId',
  component: lazyRouteComponent(() => import('../models/call-page.tsx'), 'CallPage'),
});

const memoryRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/memory',
  validateSearch: readMemorySearch,
  component: lazyRouteComponent(() => import('../memory/memory-page.tsx'), 'MemoryPage'),
});

const memoryEntryRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/memory/$memoryId',
  component: lazyRouteComponent(() => import('../memory/memory-entry.tsx'), 'MemoryEntry'),
});

const routeTree = rootRoute.addChildren([
  indexRoute,
  goalsRoute,
  goalRoute,
  approvalsRoute,
  workflowsRoute,
  workflowRoute,
  modelsRoute,
  modelCallRoute,
  memoryRoute,
  memoryEntryRoute,
  auditRoute,
  systemRoute,
  accountRoute,
  membersRoute,
]);

export const router = createRouter({
  routeTree,
  defaultPreload: 'intent',
  defaultErrorComponent: RouteError,
  defaultNotFoundComponent: NotFoundPage,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}

/** A screen reader and the keyboard start at the new page's title; a change within a page leaves the focus alone. */
export function focusTitleOnNavigation(): void {
  router.subscribe('onResolved', ({ fromLocation, toLocation }) => {
    if (fromLocation === undefined || fromLocation.pathname === toLocation.pathname) return;
    document.getElementById('page-title')?.focus({ preventScroll: true });
  });
}
