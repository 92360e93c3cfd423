import axe from 'axe-core';
import type { Page } from 'playwright-core';
import { until } from './test-site.ts';

/** What axe finds on the page as it is, in the light and in the dark theme. */
export async function findViolations(page: Page): Promise<readonly string[]> {
  const found: string[] = [];
  for (const colorScheme of ['dark', 'light'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    // What fades is measured as it stays.
    await until('what fades has faded', () =>
      page.evaluate('document.getAnimations().every((one) => one.effect.getTiming().iterations === Infinity)'),
    );
    await page.evaluate(axe.source);
    const results: axe.AxeResults = await page.evaluate('axe.run(document, { resultTypes: ["violations"] })');
    for (const { id, nodes } of results.violations)
      for (const { html } of nodes) found.push(`${colorScheme} ${id}: ${html}`);
  }
  return found;
}
