// What workers write into rows, without the secrets that this process has had in its hands: results, failures, journals,
// events all come from here.
import type { TenantId } from '@chorale/lib-ids';
import type { Redactors } from './redactors.ts';

interface Executing<Command, Reply> {
  execute(command: Command): Promise<Reply>;
}

export function redactCommands<Command extends object, Reply, Store extends Executing<Command, Reply>>(
  store: Store,
  redactors: Redactors,
): Store {
  const execute = (command: Command): Promise<Reply> => {
    const tenantId = (command as { readonly tenantId?: TenantId }).tenantId;
    return store.execute(tenantId === undefined ? command : redactors.of(tenantId).redactJson(command));
  };
  return { ...store, execute };
}
