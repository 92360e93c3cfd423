export { openTransitKeys, parseTransitAddress, type TransitAddress, type TransitOptions } from './transit-keys.ts';
