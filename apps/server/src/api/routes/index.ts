// Every route there is.
import type { Route } from '../route.ts';
import { accountKeyRoutes } from './account-key-routes.ts';
import { accountRoutes } from './account-routes.ts';
import { accessRoutes } from './access-routes.ts';
import { agentRoutes } from './agent-routes.ts';
import { approvalRoutes } from './approval-routes.ts';
import { artifactLinkRoutes } from './artifact-link-routes.ts';
import { artifactRoutes } from './artifact-routes.ts';
import { auditFileRoutes } from './audit-file-routes.ts';
import { auditRoutes } from './audit-routes.ts';
import { budgetRoutes } from './budget-routes.ts';
import { deploymentRoutes } from './deployment-routes.ts';
import { descriptionRoutes } from './description-routes.ts';
import { eventRoutes } from './event-routes.ts';
import { goalBatchRoutes } from './goal-batch-routes.ts';
import { goalRoutes } from './goal-routes.ts';
import { installationRoutes } from './installation-routes.ts';
import { loginRoutes } from './login-routes.ts';
import { mailboxRoutes } from './mailbox-routes.ts';
import { mcpRoutes } from './mcp-routes.ts';
import { memoryHoldRoutes } from './memory-hold-routes.ts';
import { memoryImportRoutes } from './memory-import-routes.ts';
import { memberRoutes } from './member-routes.ts';
import { memoryRoutes } from './memory-routes.ts';
import { memorySummaryRoutes } from './memory-summary-routes.ts';
import { memoryStoreRoutes } from './memory-store-routes.ts';
import { messageRoutes } from './message-routes.ts';
import { modelCallRoutes } from './model-call-routes.ts';
import { modelKeyRoutes } from './model-key-routes.ts';
import { passkeyRoutes } from './passkey-routes.ts';
import { planRoutes } from './plan-routes.ts';
import { projectRoutes } from './project-routes.ts';
import { providerRoutes } from './provider-routes.ts';
import { scheduleRoutes } from './schedule-routes.ts';
import { secretRoutes } from './secret-routes.ts';
import { skillRoutes } from './skill-routes.ts';
import { taskRoutes } from './task-routes.ts';
import { tenantDataRoutes } from './tenant-data-routes.ts';
import { tenantRoutes } from './tenant-routes.ts';
import { tokenRoutes } from './token-routes.ts';
import { workflowRoutes } from './workflow-routes.ts';

const described: readonly Route[] = [
  ...goalRoutes,
  ...goalBatchRoutes,
  ...planRoutes,
  ...taskRoutes,
  ...eventRoutes,
  ...artifactRoutes,
  ...artifactLinkRoutes,
  ...approvalRoutes,
  ...workflowRoutes,
  ...agentRoutes,
  ...skillRoutes,
  ...scheduleRoutes,
  ...deploymentRoutes,
  ...modelKeyRoutes,
  ...budgetRoutes,
  ...modelCallRoutes,
  ...memoryRoutes,
  ...memoryImportRoutes,
  ...memoryHoldRoutes,
  ...memoryStoreRoutes,
  ...memorySummaryRoutes,
  ...messageRoutes,
  ...mailboxRoutes,
  ...mcpRoutes,
  ...loginRoutes,
  ...providerRoutes,
  ...accountRoutes,
  ...accountKeyRoutes,
  ...passkeyRoutes,
  ...memberRoutes,
  ...tokenRoutes,
  ...accessRoutes,
  ...projectRoutes,
  ...tenantRoutes,
  ...tenantDataRoutes,
  ...secretRoutes,
  ...auditRoutes,
  ...auditFileRoutes,
  ...installationRoutes,
];

export const routes: readonly Route[] = [...described, ...descriptionRoutes(described)];
