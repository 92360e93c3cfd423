// Users, groups and lists as SCIM shows them (RFC 7643).
import type { GroupRecord, UserRecord } from '@chorale/module-access';

const userSchema = 'urn:ietf:params:scim:schemas:core:2.0:User';
const groupSchema = 'urn:ietf:params:scim:schemas:core:2.0:Group';

type Dated = { readonly createdAt: number; readonly changedAt: number };

const metaOf = (
  resourceType: string,
  place: string,
  { version, body }: { readonly version: number; readonly body: Dated },
) => ({
  resourceType,
  created: new Date(body.createdAt).toISOString(),
  lastModified: new Date(body.changedAt).toISOString(),
  location: place,
  version: etagOf(version),
});

export function etagOf(version: number): string {
  return `W/"${version}"`;
}

export function userResource(base: string, { id, name, version, body }: UserRecord): object {
  const { displayName, email, externalId, active } = body;
  return {
    schemas: [userSchema],
    id,
    userName: name,
    displayName,
    name: { formatted: displayName },
    active,
    ...(externalId === undefined ? {} : { externalId }),
    ...(email === undefined ? {} : { emails: [{ value: email, primary: true }] }),
    meta: metaOf('User', `${base}/Users/${id}`, { version, body }),
  };
}

export function groupResource(
  base: string,
  { id, name, version, body }: GroupRecord,
  members: readonly string[],
): object {
  return {
    schemas: [groupSchema],
    id,
    displayName: name,
    ...(body.externalId === undefined ? {} : { externalId: body.externalId }),
    members: members.map((value) => ({ value, $ref: `${base}/Users/${value}`, type: 'User' })),
    meta: metaOf('Group', `${base}/Groups/${id}`, { version, body }),
  };
}

export function listResponse(
  resources: readonly object[],
  page: { readonly total: number; readonly start: number },
): object {
  return {
    schemas: ['urn:ietf:params:scim:api:messages:2.0:ListResponse'],
    totalResults: page.total,
    startIndex: page.start,
    itemsPerPage: resources.length,
    Resources: resources,
  };
}

const attribute = (name: string, more: object = {}) => ({
  name,
  type: 'string',
  multiValued: false,
  required: false,
  caseExact: false,
  mutability: 'readWrite',
  returned: 'default',
  uniqueness: 'none',
  ...more,
});

/** What this server does of SCIM, for directories that ask before they begin. */
export function describeScim(base: string): Readonly<Record<string, object>> {
  const yes = { supported: true };
  const no = { supported: false };
  const type = (id: string, endpoint: string, schema: string) => ({
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:ResourceType'],
    id,
    name: id,
    endpoint,
    schema,
    meta: { resourceType: 'ResourceType', location: `${base}/ResourceTypes/${id}` },
  });
  const types = [type('User', '/Users', userSchema), type('Group', '/Groups', groupSchema)];
  const emails = {
    type: 'complex',
    multiValued: true,
    subAttributes: [attribute('value'), attribute('primary', { type: 'boolean' })],
  };
  const members = {
    type: 'complex',
    multiValued: true,
    subAttributes: [attribute('value'), attribute('$ref', { type: 'reference' })],
  };
  const schemas = [
    {
      id: userSchema,
      name: 'User',
      attributes: [
        attribute('userName', { required: true, uniqueness: 'server' }),
        attribute('displayName'),
        attribute('externalId', { caseExact: true }),
        attribute('active', { type: 'boolean' }),
        attribute('emails', emails),
      ],
    },
    {
      id: groupSchema,
      name: 'Group',
      attributes: [attribute('displayName', { required: true, uniqueness: 'server' }), attribute('members', members)],
    },
  ];
  return {
    ServiceProviderConfig: {
      schemas: ['urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig'],
      patch: yes,
      bulk: { ...no, maxOperations: 0, maxPayloadSize: 0 },
      filter: { ...yes, maxResults: 200 },
      changePassword: no,
      sort: no,
      etag: yes,
      authenticationSchemes: [
        {
          type: 'oauthbearertoken',
          name: 'API key',
          description: 'A key with the scope member.provision',
          primary: true,
        },
      ],
      meta: { resourceType: 'ServiceProviderConfig', location: `${base}/ServiceProviderConfig` },
    },
    ResourceTypes: listResponse(types, { total: types.length, start: 1 }),
    Schemas: listResponse(schemas, { total: schemas.length, start: 1 }),
  };
}
