// Refusals as SCIM writes them (RFC 7644, 3.12).
import { refused } from '@chorale/lib-errors';
import { toProblem } from '../api/problem.ts';

const scimTypes: Readonly<Record<string, string>> = {
  'scim-filter-invalid': 'invalidFilter',
  'scim-path-invalid': 'invalidPath',
  'scim-value-invalid': 'invalidValue',
  'login-invalid': 'invalidValue',
  'login-taken': 'uniqueness',
  'group-exists': 'uniqueness',
};

export function toScimError(error: unknown, requestId: string): { readonly status: number; readonly body: object } {
  const { status, detail, code } = toProblem(error, requestId);
  const scimType = scimTypes[code];
  return {
    status,
    body: {
      schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'],
      status: String(status),
      detail: `${detail} (${code}, request ${requestId})`,
      ...(scimType === undefined ? {} : { scimType }),
    },
  };
}

export function valueInvalid(what: string): Error {
  return refused('scim-value-invalid', what);
}
