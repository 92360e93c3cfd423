export { createBuiltinTools, type BuiltinToolParts } from './builtin-tools.ts';
export { createRunSkillScript, type RunnableSkill, type RunSkillScriptParts } from './run-skill-script.ts';
export { openRepositories, type Repositories, type RepositoriesOptions } from './repositories.ts';
export { createCheckoutRepository, type CheckoutRepositoryParts } from './checkout-repository.ts';
export { isPublicAddress, type AddressGuardOptions } from './address-guard.ts';
export { createGuardedFetch, type GuardedFetchOptions } from './guarded-fetch.ts';
