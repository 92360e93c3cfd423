// A deployment that rejects a feature which it is said to have: learned, so that no other call finds out again.

import type { CallRun } from './call-run.ts';
import type { Capability, Deployment } from './deployment.ts';
import type { DeploymentFact } from './spend.ts';
import type { UpstreamFailure } from './upstream.ts';

/** The provider must name the feature: one call with something odd in it must not take a feature from all others. */
const named: Readonly<Partial<Record<Capability, RegExp>>> = {
  'json-schema': /json[ _-]?schema|response[ _-]?(format|schema)|structured[ _-]?output|output_config/i,
  'parallel-tools': /parallel[ _-]?tool/i,
  tools: /\btools?\b|tool[ _-]?(use|call|choice)|function[ _-]?call/i,
  images: /\bimages?\b|image[ _-]?url|vision|multi-?modal/i,
};

const detailLengthMax = 300;

export function noteUnsupported(run: CallRun, deployment: Deployment, failure: UpstreamFailure): void {
  const need = run.demands.needs.find((one) => named[one]?.test(failure.message) === true);
  if (need === undefined || !deployment.capabilities.includes(need)) return;
  const { ports, settlements } = run.state;
  const fact: DeploymentFact = {
    deploymentId: deployment.id,
    fact: `rejects-${need}`,
    detail: failure.message.slice(0, detailLengthMax),
    learnedAt: ports.clock.now(),
  };
  ports.knowledge.learn(fact);
  settlements.follow(
    ports.spend.execute({ command: 'learn-fact', fact }).then(
      () => undefined,
      (error: unknown) => ports.report({ what: 'fact-not-kept', deploymentId: deployment.id, error }),
    ),
  );
}
