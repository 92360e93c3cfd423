// What the API needs from the models of this process. `open-models.ts` provides it.
import type {
  Deployment,
  DeploymentFact,
  DeploymentStatus,
  Fleet,
  Privacy,
  RouteCall,
  RoutedCall,
  SpendStore,
} from '@chorale/module-models';
import type { KeyRing } from './model-keys.ts';

export interface ModelServices {
  readonly spend: SpendStore;
  readonly keys: KeyRing;
  /** Whether a call may come without a key. */
  readonly keyless: boolean;
  readonly fleet: () => Fleet;
  route(call: RouteCall): Promise<RoutedCall>;
  listStatus(): readonly DeploymentStatus[];
  readonly privacy: Privacy | undefined;
  /** Answers may come from the cache, which holds them in our own terms. */
  readonly caches: boolean;
  listFacts(): Promise<readonly DeploymentFact[]>;
  /** Looks for deployments anew. */
  probe(): Promise<ProbeReport>;
  /** What the providers that were looked at said, with each that said nothing. */
  readonly lastProbe: () => ProbeReport;
}

export interface ProbeReport {
  readonly at: number;
  readonly deployments: readonly Deployment[];
  readonly providers: readonly ProbedProvider[];
}

export interface ProbedProvider {
  readonly name: string;
  readonly kind: string;
  readonly baseUrl: string;
  /** Named in the configuration, or found by itself. */
  readonly found: 'configured' | 'environment' | 'local';
  readonly deployments: number;
  /** Why it could not be asked. */
  readonly problem: string | undefined;
}
