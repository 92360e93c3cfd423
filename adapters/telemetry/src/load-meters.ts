// What a process is asked for beside what it can do, read whenever it is sent. The conventions have no names for admission and
// breakers: these are our own, under `chorale.`.
import type { Attributes, Meter, ObservableResult } from '@opentelemetry/api';

export interface LoadReading {
  readonly atWork: number;
  readonly waiting: number;
  /** Since the process began. */
  readonly outcomes: readonly { readonly outcome: string; readonly load: string; readonly count: number }[];
  readonly services: readonly { readonly name: string; readonly isOpen: boolean; readonly refused?: number }[];
}

type Points = readonly (readonly [number, Attributes])[];

export function watchLoad(meter: Meter, read: () => LoadReading): void {
  const observe = (points: (reading: LoadReading) => Points) => (result: ObservableResult) => {
    for (const [value, attributes] of points(read())) result.observe(value, attributes);
  };
  meter
    .createObservableCounter('chorale.admission.requests', {
      unit: '{request}',
      description: 'Requests that were taken on, or refused and why.',
    })
    .addCallback(
      observe(({ outcomes }) =>
        outcomes.map(({ outcome, load, count }) => [
          count,
          { 'chorale.admission.outcome': outcome, 'chorale.admission.class': load },
        ]),
      ),
    );
  meter
    .createObservableUpDownCounter('chorale.admission.active_requests', {
      unit: '{request}',
      description: 'Requests at work, and waiting for their turn.',
    })
    .addCallback(
      observe(({ atWork, waiting }) => [
        [atWork, { 'chorale.admission.state': 'at_work' }],
        [waiting, { 'chorale.admission.state': 'waiting' }],
      ]),
    );
  meter
    .createObservableGauge('chorale.breaker.open', {
      unit: '1',
      description: '1 while a service that does not answer is not asked.',
    })
    .addCallback(
      observe(({ services }) => services.map(({ name, isOpen }) => [isOpen ? 1 : 0, { 'chorale.service': name }])),
    );
  meter
    .createObservableCounter('chorale.bulkhead.refused', {
      unit: '{request}',
      description: 'Requests for which a service had no room, or was away.',
    })
    .addCallback(
      observe(({ services }) =>
        services.flatMap(({ name, refused }) =>
          refused === undefined ? [] : [[refused, { 'chorale.service': name }]],
        ),
      ),
    );
}
