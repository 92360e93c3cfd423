import { broken } from '@chorale/lib-errors';
import { expect, test } from 'vitest';
import { complainSeldom } from './complain-seldom.ts';

test('the same trouble with a connection is said once a minute and without a stack; a defect each time and whole', () => {
  let now = 0;
  const said: unknown[] = [];
  const warn = (_message: string, more?: object): void => void said.push(more);
  const complain = complainSeldom({ warn }, 'the broker complains', () => now);
  const away = (message: string) => Object.assign(new Error(message), { syscall: 'connect' });
  const refusal = Object.assign(new Error('undefined: ACCESS_REFUSED'), { name: 'AMQPConnectionError' });

  for (const error of [away('no'), away('no'), refusal, away('no'), refusal]) complain(error);
  expect(said).toEqual([{ reason: 'no' }, { reason: 'ACCESS_REFUSED' }]);
  now = 60_000;
  complain(away('no'));
  expect(said).toHaveLength(3);

  const defect = broken('internal', 'a defect');
  for (const error of [defect, defect]) complain(error);
  expect(said.slice(3)).toEqual([{ error: defect }, { error: defect }]);
});
