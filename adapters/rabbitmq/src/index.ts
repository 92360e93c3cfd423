export { openRabbitBus, type RabbitBusOptions } from './open-rabbit-bus.ts';
