// What the API needs from the models of this process. `open-models.ts` provides it.
import type {
  CallPrivacy,
  DataClass,
  DeploymentFact,
  DeploymentStatus,
  Fleet,
  ModelCallRecord,
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
  readonly privacy: CallPrivacy | undefined;
  /** Of calls that say nothing of their own. */
  readonly dataClass: DataClass;
  /** Answers may come from the cache, which holds them in our own terms. */
  readonly caches: boolean;
  listFacts(): Promise<readonly DeploymentFact[]>;
  /** Keeps how a model did at a call; false when none answered it. */
  rate(record: ModelCallRecord, good: boolean): Promise<boolean>;
  /** The same in the background. */
  noteOutcome(record: ModelCallRecord, good: boolean): void;
  /** Looks for deployments anew. */
  probe(): Promise<ProbeReport>;
  /** What the providers that were looked at said, with each that said nothing. */
  readonly lastProbe: () => ProbeReport;
}

export interface ProbeReport {
  readonly at: number;
  readonly providers: readonly ProbedProvider[];
}

export interface ProbedProvider {
  readonly name: string;
  readonly kind: string;
  /** Named in the configuration, or found by itself. */
  readonly found: 'configured' | 'environment' | 'local';
  readonly deployments: number;
  /** Why it could not be asked. */
  readonly problem: string | undefined;
}
