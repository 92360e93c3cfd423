// What a tenant's policy makes of sensitive values in a call: placeholders, another choice of deployments, or a refusal.
//
// Fails closed: the detectors see every text before anything is decided, and one that throws ends the call.

import { refused } from '@chorale/lib-errors';
import type { Json } from '@chorale/module-goals';
import type { ChatRequest } from '../conversation.ts';
import type { DataClass, Deployment } from '../deployment.ts';
import type { CallContext } from '../model-call.ts';
import { mayHold } from '../retention.ts';
import type { Privacy, Shielded } from '../router-ports.ts';
import { defaultDetectors, findSensitive, graver } from './find-sensitive.ts';
import type { Detector, Finding, SensitiveClass, SensitiveKind } from './finding.ts';
import type { MapText } from './map-json-text.ts';
import { mapRequestText } from './mask-request.ts';
import { maskText } from './mask-text.ts';
import { mapWireText } from './mask-wire-body.ts';
import { createPlaceholders, type Placeholders } from './placeholders.ts';
import { restoreEvents } from './restore-events.ts';

export type PrivacyAction =
  /** Placeholders, whoever answers. */
  | 'mask'
  /** Placeholders where the deployment may not have data of the class; the values where it may. */
  | 'mask-where-needed'
  /** The values, and only to deployments that may have them. */
  | 'route'
  /** The call ends. */
  | 'refuse'
  /** As if nothing had been found. */
  | 'ignore';

export interface PrivacyPolicy {
  readonly personal: PrivacyAction;
  readonly secret: PrivacyAction;
  /** Kinds that count as nothing for this tenant. */
  readonly ignoredKinds?: readonly SensitiveKind[];
}

/** No model needs a secret. With personal data a deployment that may have it does better work than with placeholders. */
export const defaultPrivacyPolicy: PrivacyPolicy = { personal: 'mask-where-needed', secret: 'mask' };

export interface PrivacyWorld {
  readonly policyFor: (context: CallContext) => PrivacyPolicy;
  /** See `createPlaceholders`. */
  readonly nonceFor: (context: CallContext) => string;
  readonly detectors?: readonly Detector[];
}

/** A body of some wire format, looked at like a request of our own. */
export interface ShieldedBody {
  readonly dataClass: DataClass;
  bodyFor(deployment: Deployment): { readonly body: Json; readonly masked: number };
  /** Undefined while no deployment was given placeholders: then bytes may go by unread. */
  placeholders(): Placeholders | undefined;
}

export interface CallPrivacy extends Privacy {
  shield(request: ChatRequest, context: CallContext): Shielded;
  shieldBody(body: Json, context: CallContext): ShieldedBody;
}

export function createPrivacy(world: PrivacyWorld): CallPrivacy {
  return {
    shield(request, context) {
      const shield = look(world, context, (map) => mapRequestText(request, map));
      return {
        dataClass: shield.dataClass,
        isClean: shield.isClean,
        requestFor: (deployment) => {
          const { made, masked } = shield.madeFor(deployment);
          return { request: made, masked };
        },
        restore: (events) => restoreEvents(shield.placeholders, events),
      };
    },
    shieldBody(body, context) {
      const shield = look(world, context, (map) => mapWireText(body, map));
      return {
        dataClass: shield.dataClass,
        bodyFor: (deployment) => {
          const { made, masked } = shield.madeFor(deployment);
          return { body: made, masked };
        },
        placeholders: () => (shield.placeholders.count === 0 ? undefined : shield.placeholders),
      };
    },
  };
}

interface Look<Made> {
  readonly dataClass: DataClass;
  readonly isClean: boolean;
  readonly placeholders: Placeholders;
  madeFor(deployment: Deployment): { readonly made: Made; readonly masked: number };
}

const sensitiveClasses: readonly SensitiveClass[] = ['personal', 'secret'];

function look<Made>(world: PrivacyWorld, context: CallContext, mapAll: (map: MapText) => Made): Look<Made> {
  const policy = world.policyFor(context);
  const placeholders = createPlaceholders(world.nonceFor(context));
  const findings = new Map<string, readonly Finding[]>();
  const findIn = (text: string): readonly Finding[] => {
    const known = findings.get(text);
    if (known !== undefined) return known;
    const found = findSensitive(text, world.detectors ?? defaultDetectors);
    const counted = found.filter(({ kind }) => policy.ignoredKinds?.includes(kind) !== true);
    findings.set(text, counted);
    return counted;
  };
  const untouched = mapAll((text) => {
    findIn(text);
    return text;
  });
  const all = [...findings.values()].flat();
  const present = sensitiveClasses.filter((name) => all.some(({ dataClass }) => dataClass === name));
  refuseWhat(policy, all);
  const routed = present.filter((name) => policy[name] === 'route');
  const made = new Map<string, { readonly made: Made; readonly masked: number }>();
  return {
    dataClass: routed.reduce<DataClass>(graver, context.dataClass ?? 'internal'),
    isClean: all.length === 0,
    placeholders,
    madeFor(deployment) {
      const hidden = present.filter((name) => isHidden(policy[name], name, deployment));
      if (hidden.length === 0) return { made: untouched, masked: 0 };
      const known = made.get(hidden.join());
      if (known !== undefined) return known;
      const values = new Set<string>();
      const masked = mapAll((text) => {
        const own = findIn(text).filter(({ dataClass }) => hidden.includes(dataClass));
        for (const { start, end } of own) values.add(text.slice(start, end));
        return maskText(text, own, placeholders);
      });
      const entry = { made: masked, masked: values.size };
      made.set(hidden.join(), entry);
      return entry;
    },
  };
}

const isHidden = (action: PrivacyAction, name: SensitiveClass, deployment: Deployment): boolean =>
  action === 'mask' || (action === 'mask-where-needed' && !mayHold(deployment.retention, name));

function refuseWhat(policy: PrivacyPolicy, all: readonly Finding[]): void {
  const refusedOnes = all.filter(({ dataClass }) => policy[dataClass] === 'refuse');
  if (refusedOnes.length === 0) return;
  const kinds = [...new Set(refusedOnes.map(({ kind }) => kind))];
  throw refused('sensitive-content', `the request holds ${kinds.join(', ')}, which the privacy policy refuses.`, {
    action: 'Take it out of the request, or change the policy of the tenant to mask or route it.',
    data: { kinds },
  });
}
