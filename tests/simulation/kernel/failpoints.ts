// Every point at which trouble may strike, and every kind that can strike there: what the histories must have met.

import {
  batchFaults,
  claimFaults,
  clientFaults,
  commandFaults,
  hintFaults,
  localFaults,
  readFaults,
  toolFaults,
  type Fault,
} from './faults.ts';

interface Failpoints {
  readonly points: readonly string[];
  readonly faults: readonly Fault[];
}

/** Passed in most histories: a few hundred meet every pair. */
const frequent: readonly Failpoints[] = [
  {
    points: ['worker register-worker', 'worker heartbeat', 'worker record-step', 'worker finish-attempt'],
    faults: commandFaults,
  },
  { points: ['worker claim-tasks'], faults: claimFaults },
  { points: ['worker findDefinition', 'worker listHeld', 'scheduler findDue'], faults: readFaults },
  { points: ['worker leave-trace', 'worker open-bench', 'worker close-bench'], faults: localFaults },
  { points: ['worker tool'], faults: toolFaults },
  { points: ['worker hint', 'scheduler hint'], faults: hintFaults },
  { points: ['scheduler wake-task', 'scheduler wake-goal'], faults: commandFaults },
  {
    points: ['client submit-goal', 'client edit-plan', 'client wake-task', 'client release-task'],
    faults: clientFaults,
  },
  { points: ['store batch'], faults: batchFaults },
];

/** Passed now and then: only a long run meets every pair. */
const rare: readonly Failpoints[] = [
  {
    points: ['worker retire-worker', 'scheduler release-task', 'scheduler expire-approval', 'scheduler retire-worker'],
    faults: commandFaults,
  },
  { points: ['worker listSteps', 'worker findTasks'], faults: readFaults },
  { points: ['worker remove-trace'], faults: localFaults },
  {
    points: [
      'client pause-goal',
      'client resume-goal',
      'client cancel-goal',
      'client retry-task',
      'client rerun-from',
      'client send-signal',
      'client decide-approval',
      'client expire-approval',
      'client wake-goal',
      'client finish-attempt',
    ],
    faults: clientFaults,
  },
];

function pairsOf(groups: readonly Failpoints[]): readonly string[] {
  return groups.flatMap(({ points, faults }) =>
    points.flatMap((point) => faults.map((fault) => `${point} x ${fault}`)),
  );
}

export const frequentPairs = pairsOf(frequent);
export const allPairs = [...frequentPairs, ...pairsOf(rare)];
