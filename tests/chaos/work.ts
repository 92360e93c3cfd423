// The plan of each goal: fan out, fan in, and a last task that needs all. Every fifth task has an effect that may not be had
// twice and has no key by which the world outside would know it again.

const onceEvery = 5;

export function describeWork(tasks: number): string {
  const middle = Math.ceil((tasks - 2) / 2);
  const needs = (no: number): readonly string[] => {
    if (no === 0) return [];
    if (no === tasks - 1) return Array.from({ length: tasks - 1 }, (_, before) => `t${before}`);
    return [no <= middle ? 't0' : `t${no - middle}`];
  };
  const entries = Array.from({ length: tasks }, (_, no) => {
    const tool = no % onceEvery === 3 ? 'effect-once' : 'effect';
    return `  t${no}: { tool: ${tool}, needs: [${needs(no).join(', ')}] }`;
  });
  return ['name: chaos', 'description: Work that is disturbed.', 'tasks:', ...entries, ''].join('\n');
}
