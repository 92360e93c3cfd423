import { checkSteps } from '../../tools/check-steps.ts';
import type { PlantedCheckout } from './planted-checkout.ts';

export interface LintFinding {
  readonly file: string;
  /** As in `eslint(max-lines)`. */
  readonly rule: string;
  readonly message: string;
}

interface OxlintReport {
  readonly diagnostics: readonly {
    readonly filename: string;
    readonly code: string;
    readonly message: string;
    readonly help?: string;
  }[];
}

/** Runs the linter as `npm run check` does. */
export async function lint(checkout: PlantedCheckout): Promise<readonly LintFinding[]> {
  const { output } = await checkout.run(checkSteps.lint, '--format=json');
  const report = JSON.parse(output) as OxlintReport;
  return report.diagnostics.map((found) => ({
    file: found.filename,
    rule: found.code,
    message: `${found.message} ${found.help ?? ''}`,
  }));
}
