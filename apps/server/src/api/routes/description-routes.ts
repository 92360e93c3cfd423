import { describeApi } from '../openapi.ts';
import { defineRoute, type Route } from '../route.ts';
import { jsonObject } from '../schemas/fields.ts';

/** The description of the other routes. */
export function descriptionRoutes(routes: readonly Route[]): readonly Route[] {
  let description: object | undefined;
  return [
    defineRoute({
      method: 'GET',
      address: '/openapi.json',
      operation: 'describeApi',
      summary: 'Describe this API in OpenAPI 3.1',
      tag: 'installation',
      permit: 'public',
      responses: { 200: { description: 'The description.', schema: jsonObject } },
      handle: async (_input, { services }) => {
        description ??= describeApi(routes, services.version);
        return { status: 200, body: description };
      },
    }),
  ];
}
