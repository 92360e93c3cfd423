// Every stable code that can reach a caller, with the HTTP status it is answered with.
//
// A code that is not here is answered by its family (see `problem.ts`), and `problem-table.test.ts` fails: it reads the
// codes out of the sources.

const rows: { readonly [status: number]: readonly string[] } = {
  // The request itself cannot be read, or does not fit the route.
  400: [
    'request-malformed',
    'body-not-json',
    'body-too-deep',
    'body-missing',
    'request-invalid',
    'cursor-invalid',
    'tenant-invalid',
    'json-invalid',
    'value-not-storable',
    'parameter-unsupported',
    'context-too-long',
    'content-refused',
    'images-unsupported',
    'invalid-request',
    'unsupported',
  ],
  401: ['unauthenticated', 'model-key-missing', 'model-key-invalid'],
  403: ['not-permitted', 'host-refused', 'origin-refused', 'catalog-untrusted'],
  404: [
    'route-not-found',
    'goal-not-found',
    'task-not-found',
    'plan-not-found',
    'approval-not-found',
    'artifact-not-found',
    'schedule-not-found',
    'workflow-not-found',
    'worker-not-found',
    'catalog-unknown',
    'signal-unknown',
    'model-unknown',
    'deployment-not-found',
    'budget-not-found',
    'key-not-found',
    'model-call-not-found',
    'mcp-server-unknown',
    'mcp-tool-unknown',
  ],
  405: ['method-not-allowed'],
  408: ['request-timeout'],
  // What is there does not allow it now.
  409: [
    'log-folder-exists',
    'agent-needs-model',
    'approval-decided',
    'approval-expired',
    'approval-rejected',
    'deadline-exceeded',
    'goal-ended',
    'goal-exists',
    'row-exists',
    'goal-not-paused',
    'goal-not-running',
    'goal-stopping',
    'idempotency-key-reused',
    'lease-lost',
    'parent-goal-paused',
    'plan-changed-meanwhile',
    'repeat-approved',
    'signal-received-already',
    'task-compensates',
    'task-is-item',
    'task-not-ended',
    'task-not-failed',
    'task-not-for-workers',
    'task-running',
    'task-started',
    'worker-exists',
    'worker-lease-lost',
    'call-running',
    'key-exists',
    'message-not-possible',
    'message-too-late',
    'mcp-tool-changed',
  ],
  412: ['version-changed'],
  413: ['body-too-large', 'artifact-too-large'],
  414: ['address-too-long'],
  415: ['media-type-unsupported'],
  // It was read, and what it says does not hold.
  422: [
    'log-folder-unreadable',
    'cron-invalid',
    'schedule-never',
    'time-zone-unknown',
    'inputs-invalid',
    'workflow-invalid',
    'plan-invalid',
    'definition-invalid',
    'expression-failed',
    'items-not-a-list',
    'too-many-items',
    'timer-invalid',
    'sub-goals-too-deep',
    'sub-goal-failed',
    'no-model-configured',
    'no-deployment',
    'budget-invalid',
    'message-invalid',
    'sensitive-content',
    'threshold-unknown',
    'too-few-outcomes',
    'privacy-check-failed',
  ],
  // As OpenAI answers when an account has nothing left: its clients know it by its code.
  429: ['budget-exhausted'],
  431: ['headers-too-large'],
  // Nobody waits for the answer any more; some proxies log it so.
  499: ['call-cancelled'],
  // A defect of ours, or damage to what we keep.
  500: [
    'internal',
    'artifact-damaged',
    'worker-lost-too-often',
    'store-failed',
    'store-damaged',
    'schema-too-new',
    'store-in-use',
    'database-too-old',
    'trust-store-unreadable',
    'placeholder-nonce-invalid',
    'wire-not-restorable',
    'answer-form',
    'answer-without-end',
    'amount-invalid',
    'reservation-not-found',
    'reservation-ended',
  ],
  502: ['deployments-failed', 'answer-broken', 'wire-event-too-long'],
  503: [
    'not-ready',
    'too-many-streams',
    'page-not-built',
    'store-busy',
    'store-closed',
    'store-overloaded',
    'store-unavailable',
    'database-unreachable',
    'deployments-cooling',
  ],
  504: ['deadline-passed'],
  507: ['disk-full', 'store-not-writable'],
};

export const statusOfCode: ReadonlyMap<string, number> = new Map(
  Object.entries(rows).flatMap(([status, codes]) => codes.map((code): [string, number] => [code, Number(status)])),
);

/** Numbers that clients of older systems compare. They stay what they were; our own codes say more. */
const wireCodes = {
  SKILL_EXECUTION_FAILED: 4200,
  AGENT_TIMEOUT: 4201,
  PLATFORM_SYNC_FAILED: 4300,
  MODEL_PROVIDER_ERROR: 4400,
} as const;
type WireName = keyof typeof wireCodes;

const wireNameOfCode: ReadonlyMap<string, WireName> = new Map([
  ['skill-result-invalid', 'SKILL_EXECUTION_FAILED'],
  ['skill-result-missing', 'SKILL_EXECUTION_FAILED'],
  ['command-failed', 'SKILL_EXECUTION_FAILED'],
  ['command-timed-out', 'SKILL_EXECUTION_FAILED'],
  ['attempt-timed-out', 'AGENT_TIMEOUT'],
  ['platform-sync-failed', 'PLATFORM_SYNC_FAILED'],
  ['model-provider-failed', 'MODEL_PROVIDER_ERROR'],
]);

export function findWireCode(code: string): { readonly wireCode: number; readonly wireName: WireName } | undefined {
  const wireName = wireNameOfCode.get(code);
  return wireName === undefined ? undefined : { wireCode: wireCodes[wireName], wireName };
}
