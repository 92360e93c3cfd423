export type { RabbitOptions } from './connect-rabbit.ts';
export { openRabbitBus } from './open-rabbit-bus.ts';
export { openRabbitOutlet } from './open-rabbit-outlet.ts';
