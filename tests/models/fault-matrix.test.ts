import { expect, test } from 'vitest';
import { faultsBeforeFirstByte } from '../stand-ins/index.ts';
import { outOfMoney, tryFaults } from './fault-trial.ts';

test(
  '[OA12] whatever fails before the first byte at all deployments but one, every call is answered',
  { timeout: 120_000 },
  async () => {
    const findings = await tryFaults({ callsEach: 4 });
    expect(findings).toHaveLength(faultsBeforeFirstByte.length);
    expect(findings.filter(({ calls, answered }) => answered < calls)).toEqual([]);
    const money = findings.filter(({ fault }) => outOfMoney.has(fault));
    expect(money).toHaveLength(outOfMoney.size);
    expect(money.filter(({ requestsToOneBroken }) => requestsToOneBroken > 2)).toEqual([]);
  },
);
