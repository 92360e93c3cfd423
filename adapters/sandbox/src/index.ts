export { openSandbox, type OpenSandboxOptions, type SandboxDriverName } from './open-sandbox.ts';
export { installBubblewrap, type InstallOptions, type InstallOutcome } from './install-bubblewrap.ts';
