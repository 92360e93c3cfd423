// Tells of every call that has ended, where its record goes by on the way to the store: each leaves one, however it ends.
import type { ModelCallRecord, SpendCommand, SpendStore } from '@chorale/module-models';

export function observeCalls(spend: SpendStore, onEnded: (record: ModelCallRecord) => void): SpendStore {
  return {
    ...spend,
    async execute(command) {
      const reply = await spend.execute(command);
      // Once: a command whose answer was lost is executed again.
      const record = recordOf(command);
      if (record !== undefined) onEnded(record);
      return reply;
    },
  };
}

function recordOf(command: SpendCommand): ModelCallRecord | undefined {
  return command.command === 'settle' || command.command === 'record-call' ? command.record : undefined;
}
