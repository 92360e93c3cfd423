export { concatBytes, fromBase64, sameBytes, toBase64, toHex, utf8Bytes, utf8Text } from './bytes.ts';
export * from './audit/archive-log.ts';
export * from './audit/audit-entry.ts';
export * from './audit/audit-log.ts';
export * from './audit/audit-set.ts';
export * from './audit/audit-store.ts';
export * from './audit/audit-tables.ts';
export * from './audit/checkpoint.ts';
export { executeAudit } from './audit/execute-audit.ts';
export { keysRotateWhat } from './audit/erasure-words.ts';
export { auditKeysParty, followStatements, sameKeys, statementIn } from './audit/key-statement.ts';
export * from './audit/log-files.ts';
export {
  appendLeaves,
  emptyEdge,
  hashLeaf,
  hashNode,
  rootOf,
  type MerkleEdge,
  type Sha256,
} from './audit/merkle-tree.ts';
export { proveConsistency, proveInclusion, rootAt, type ReadHashes, type TreeReader } from './audit/prove.ts';
export * from './audit/signed-note.ts';
export * from './audit/tile-paths.ts';
export * from './audit/verify-entry-proof.ts';
export * from './audit/verify-log.ts';
export * from './audit/verify-proof.ts';
export * from './secrets/key-encryption.ts';
export { makeRedactor, type NamedSecret, type RedactionStream, type Redactor } from './secrets/redactor.ts';
export {
  nameInProject,
  parseReference,
  referenceTo,
  secretLengthMax,
  secretNotFound,
  splitSecretName,
  type SealedSecret,
  type SecretSummary,
  type WrappedDataKey,
} from './secrets/secret.ts';
export { secretPatterns } from './secrets/secret-patterns.ts';
export * from './secrets/secret-store.ts';
export * from './secrets/secret-tables.ts';
export * from './secrets/secret-vault.ts';
export * from './identity/api-keys.ts';
export * from './identity/attempts.ts';
export * from './identity/devices.ts';
export * from './identity/flows.ts';
export * from './identity/groups.ts';
export * from './identity/identity-ports.ts';
export * from './identity/identity-record.ts';
export * from './identity/identity-store.ts';
export * from './identity/identity-tables.ts';
export * from './identity/login.ts';
export * from './identity/login-provider.ts';
export * from './identity/open-identity.ts';
export * from './identity/passkeys.ts';
export * from './identity/passwords.ts';
export * from './identity/provider-login.ts';
export * from './identity/sessions.ts';
export * from './identity/signing-keys.ts';
export { hashText, makeSecret, shortHash } from './identity/token-text.ts';
export { normalizeLogin } from './identity/user-fields.ts';
export * from './identity/users.ts';
export {
  Admission,
  type AdmissionLimits,
  type AdmissionState,
  type Asking,
  type LoadClass,
} from './limits/admission.ts';
export { Bulkhead, type BulkheadState } from './limits/bulkhead.ts';
export { createCircuitBreaker, type BreakerLimits, type CircuitBreaker } from './limits/circuit-breaker.ts';
export { openMemoryRateLimiter } from './limits/memory-rate-limiter.ts';
export { takeFromBucket, type RateLimiter, type RateRule, type RateVerdict } from './limits/rate-limiter.ts';
export * from './tenant-data/ended-goals.ts';
export * from './tenant-data/erase-tenant.ts';
export * from './tenant-data/export-tenant.ts';
export * from './tenant-data/tenant-rows.ts';
export * from './permissions/permissions.ts';
export * from './permissions/role-policies.ts';
export * from './permissions/roles-in-projects.ts';
export { refuseOverQuota, type QuotaHolder, type Usage } from './tenants/refuse-over-quota.ts';
export * from './tenants/projects.ts';
export * from './tenants/tenants.ts';
