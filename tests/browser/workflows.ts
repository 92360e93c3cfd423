// Workflows that go on only when the test lets them: people, signals and timers, so that no sandbox is needed.

/** One question, and a task after it. */
export const asksOnce = `name: ask-once
description: Asks a person and goes on.
inputs:
  what: { type: string, default: the findings }
tasks:
  prepare: { wait: 10ms, title: Prepare }
  sign-off: { approval: 'Publish \${{ inputs.what }}?', title: Sign off, needs: [prepare] }
  publish: { wait: 10ms, title: Publish, needs: [sign-off] }
outputs:
  decision: '\${{ tasks["sign-off"].output }}'
`;

/** Waits for a signal that nobody sends. */
export const waitsForever = `name: wait-forever
tasks:
  gate: { signal: true, title: Wait for the gate }
  after: { wait: 10ms, title: Go through, needs: [gate] }
`;

/** A group of items that run one after another. */
export const manyItems = `name: many-items
inputs:
  items: { type: list, default: [a, b, c] }
tasks:
  each:
    title: Look at each
    wait: 20ms
    for_each: { items: '\${{ inputs.items }}', concurrency: 4 }
  gate: { signal: true, title: Hold here, needs: [each] }
`;

/** Layers of tasks, each needing two of the layer before. */
export function layeredPlan(layers: number, width: number): string {
  const tasks = Array.from({ length: layers * width }, (_unused, no) => {
    const layer = Math.floor(no / width);
    const at = no % width;
    const needs =
      layer === 0 ? ['gate'] : [...new Set([at, (at * 7 + layer) % width])].map((before) => `t${layer - 1}-${before}`);
    return `  t${layer}-${at}: { wait: 10ms, title: Step ${layer + 1}.${at + 1}, needs: [${needs.join(', ')}] }`;
  });
  return `name: layered-plan\ntasks:\n  gate: { signal: true, title: Gate }\n${tasks.join('\n')}\n`;
}
