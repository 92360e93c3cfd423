// All data of a tenant, to be taken along or to be erased.
import type { Calls } from './calls.ts';
import type { Send } from './request.ts';

export interface TenantErasurePreview {
  readonly dryRun: true;
  /** Rows by table, files by place. */
  readonly counts: { readonly [place: string]: number };
  /** To be given to `eraseTenant`. */
  readonly confirm: string;
}

export interface TenantErasure {
  readonly dryRun: false;
  readonly counts: { readonly [place: string]: number };
  readonly tenantId: string;
  readonly at: number;
  readonly by: string;
  /** The receipt: a note that the installation has signed. */
  readonly note: string;
}

export const retentionKinds = ['goals', 'model-calls'] as const;
export type RetentionKind = (typeof retentionKinds)[number];

/** For how many days it is kept; what is not named stays. */
export type RetentionPolicy = { readonly [Kind in RetentionKind]?: number };

export interface RetentionRequest {
  readonly olderThanDays: number;
  /** Default: all kinds. */
  readonly kinds?: readonly RetentionKind[];
  /** Without it nothing happens. */
  readonly apply?: boolean;
}

export interface RetentionResult {
  readonly dryRun: boolean;
  /** What is older goes, or went. */
  readonly before: number;
  readonly counts: { readonly [kind: string]: number };
}

export interface TenantDataMethods {
  /** Lines of JSON; the last has the hashes of all the others. */
  exportTenant(tenantId: string): Promise<Response>;
  previewTenantErasure(tenantId: string): Promise<TenantErasurePreview>;
  eraseTenant(tenantId: string, confirm: string): Promise<TenantErasure>;
  /** Of the caller's own tenant. Without `apply` nothing happens. */
  applyRetention(request: RetentionRequest): Promise<RetentionResult>;
  getRetentionPolicy(): Promise<RetentionPolicy>;
  /** In place of the one before. */
  setRetentionPolicy(policy: RetentionPolicy): Promise<RetentionPolicy>;
}

export function tenantDataMethods(send: Send, { get, post }: Calls): TenantDataMethods {
  const path = (tenantId: string): string => `/v1/tenants/${encodeURIComponent(tenantId)}`;
  return {
    exportTenant: (tenantId) => send(`${path(tenantId)}/export`),
    previewTenantErasure: (tenantId) => post(`${path(tenantId)}/erasure`, {}),
    eraseTenant: (tenantId, confirm) => post(`${path(tenantId)}/erasure`, { confirm }),
    applyRetention: (request) => post('/v1/retention', request),
    getRetentionPolicy: () => get('/v1/retention/policy'),
    setRetentionPolicy: (policy) => post('/v1/retention/policy', policy),
  };
}
