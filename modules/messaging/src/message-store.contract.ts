// What every MessageStore must do, whatever keeps its rows. Call it with a way to open empty stores of one database, as
// many processes would have it.
import { afterEach, beforeEach, describe } from 'vitest';
import { describeEndings } from './message-store-endings.contract.ts';
import { MessageHarness, type OpenMessages } from './message-store-harness.contract.ts';
import { describeTopics } from './message-store-topics.contract.ts';
import { describeTaking } from './message-store-taking.contract.ts';

export type { OpenMessages } from './message-store-harness.contract.ts';

export type CurrentMessages = () => MessageHarness;

export function describeMessageStore(name: string, open: OpenMessages): void {
  describe(`message store on ${name}`, () => {
    let harness: MessageHarness;
    beforeEach(async () => {
      harness = await MessageHarness.open(open);
    });
    afterEach(() => harness.close());
    describeTaking(() => harness);
    describeEndings(() => harness);
    describeTopics(() => harness);
  });
}
