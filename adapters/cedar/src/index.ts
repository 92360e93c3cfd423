export { compilePolicies } from './compile-policies.ts';
