// The client's methods about models.
import type { Calls } from './calls.ts';
import type { Page } from './goal.ts';
import type {
  DeploymentTest,
  ModelBudget,
  ModelBudgetRequest,
  ModelCall,
  ModelCallDetails,
  ModelCallFilter,
  ModelDeployment,
  ModelKey,
  ModelKeyRequest,
  ModelLearning,
  ModelOutcome,
  ModelProbe,
  NewModelKey,
} from './model.ts';

export interface ModelMethods {
  listDeployments(): Promise<readonly ModelDeployment[]>;
  /** Sends one small call there, which costs what it costs. */
  testDeployment(deploymentId: string): Promise<DeploymentTest>;
  /** Asks every provider anew which models it has. */
  probeDeployments(): Promise<ModelProbe>;
  listModelKeys(): Promise<readonly ModelKey[]>;
  createModelKey(request: ModelKeyRequest): Promise<NewModelKey>;
  revokeModelKey(keyId: string): Promise<ModelKey>;
  listBudgets(): Promise<readonly ModelBudget[]>;
  /** Replaces the limits of the budget of the same scope, subject and window; what was spent stays. */
  putBudget(request: ModelBudgetRequest): Promise<ModelBudget>;
  dropBudget(budgetId: string): Promise<void>;
  /** Newest first. */
  listModelCalls(filter?: ModelCallFilter): Promise<Page<ModelCall>>;
  getModelCall(callId: string): Promise<ModelCallDetails>;
  /** Says how the model did; what is said last counts. */
  rateModelCall(callId: string, good: boolean): Promise<ModelOutcome>;
  /** What was learned of the models from outcomes of calls. */
  getModelLearning(): Promise<ModelLearning>;
}

export function modelMethods({ get, items, post, remove }: Calls): ModelMethods {
  return {
    listDeployments: () => items('/v1/deployments'),
    testDeployment: (deploymentId) => post(`/v1/deployments/${encodeURIComponent(deploymentId)}/test`, {}),
    probeDeployments: () => post('/v1/deployments/probe', {}),
    listModelKeys: () => items('/v1/model-keys'),
    createModelKey: (request) => post('/v1/model-keys', request),
    revokeModelKey: (keyId) => post(`/v1/model-keys/${encodeURIComponent(keyId)}/revoke`, {}),
    listBudgets: () => items('/v1/budgets'),
    putBudget: (request) => post('/v1/budgets', request),
    dropBudget: (budgetId) => remove(`/v1/budgets/${encodeURIComponent(budgetId)}`),
    listModelCalls: (filter) => get('/v1/model-calls', { ...filter }),
    getModelCall: (callId) => get(`/v1/model-calls/${encodeURIComponent(callId)}`),
    rateModelCall: (callId, good) => post(`/v1/model-calls/${encodeURIComponent(callId)}/outcome`, { good }),
    getModelLearning: () => get('/v1/model-learning'),
  };
}
