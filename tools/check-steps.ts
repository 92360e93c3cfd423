// What `npm run check` runs. Tests of the house plant violations and run these very commands over them.

export interface CheckStep {
  readonly name: string;
  /** A program in node_modules/.bin, and its arguments. */
  readonly command: readonly [program: string, ...args: readonly string[]];
}

export const checkSteps = {
  format: { name: 'format', command: ['oxfmt', '--list-different'] },
  lint: { name: 'lint and layers', command: ['oxlint', '--type-aware', '--deny-warnings'] },
  types: { name: 'types', command: ['tsc', '-b', '--pretty', 'false'] },
  deadCode: { name: 'dead code and dependencies', command: ['knip', '--no-config-hints'] },
  // Without this one an import of a workspace package that package.json does not name is not seen.
  dependencies: {
    name: 'dependencies of what ships',
    command: ['knip', '--production', '--strict', '--dependencies', '--no-config-hints'],
  },
} as const satisfies Readonly<Record<string, CheckStep>>;
