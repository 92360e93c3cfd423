// What views reach the server through, wired once in main.tsx.
import type { ChoraleClient } from '@chorale/lib-client';
import type { ReactNode } from 'react';
import { createContext, use, useSyncExternalStore } from 'react';
import type { ConnectionState, LiveUpdates } from './live-updates.ts';

interface Backend {
  readonly client: ChoraleClient;
  readonly live: LiveUpdates;
}

const BackendContext = createContext<Backend | undefined>(undefined);

export function BackendProvider({
  backend,
  children,
}: {
  readonly backend: Backend;
  readonly children: ReactNode;
}): ReactNode {
  return <BackendContext value={backend}>{children}</BackendContext>;
}

function useBackend(): Backend {
  const backend = use(BackendContext);
  if (backend === undefined) throw new Error('a view stands outside of BackendProvider');
  return backend;
}

export function useClient(): ChoraleClient {
  return useBackend().client;
}

export function useLive(): LiveUpdates {
  return useBackend().live;
}

export function useConnectionState(): ConnectionState {
  const { live } = useBackend();
  return useSyncExternalStore(live.subscribe, live.getState);
}
