import { describeBus } from './bus.contract.ts';
import { InProcessBus } from './in-process-bus.ts';

describeBus('one process', async () => {
  const errors: unknown[] = [];
  const bus = new InProcessBus({
    now: () => Date.now(),
    schedule(delayMs, callback) {
      const timer = setTimeout(callback, delayMs);
      return () => clearTimeout(timer);
    },
    onError: (error) => void errors.push(error),
  });
  return { buses: [bus, bus], errors, close: () => bus.close() };
});
