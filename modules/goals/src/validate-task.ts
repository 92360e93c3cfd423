// The rules about one task that need no other: which fields its kind has, and what they may hold.
import { durationMsMax, formatDuration } from '@chorale/module-scheduling';
import type { RetryPolicy, TaskDefinition, TaskKind } from './plan.ts';
import { labelPattern, namePattern, planLimits, taskKeyPattern } from './plan-limits.ts';
import type { PlanPath, Report } from './plan-mistake.ts';

interface KindFields {
  readonly needs: readonly (keyof TaskDefinition)[];
  readonly may: readonly (keyof TaskDefinition)[];
}

/** The fields that only some kinds have. All others may stand in every task. */
export const fieldsByKind: Readonly<Record<TaskKind, KindFields>> = {
  agent: { needs: ['agent'], may: ['skill', 'with', 'output', 'retry', 'timeoutMs', 'queue', 'requires', 'forEach'] },
  tool: { needs: ['tool'], may: ['with', 'retry', 'timeoutMs', 'queue', 'requires', 'forEach'] },
  approval: { needs: ['question'], may: ['fourEyes', 'with', 'timeoutMs', 'forEach'] },
  timer: { needs: ['wait'], may: ['forEach'] },
  workflow: { needs: ['workflow'], may: ['with', 'forEach'] },
  signal: { needs: [], may: [] },
};

const kindFields = new Set(Object.values(fieldsByKind).flatMap(({ needs, may }) => [...needs, ...may]));

const [isKey, isName, isLabel] = [new RegExp(taskKeyPattern), new RegExp(namePattern), new RegExp(labelPattern)];

export function validateTask(task: TaskDefinition, path: PlanPath, report: Report): void {
  if (!isKey.test(task.key)) {
    const message = `the key \`${task.key}\` must begin with a letter and hold letters, digits, _ and - only, at most 100`;
    report([...path, 'key'], 'key-invalid', message);
  }
  validateKind(task, path, report);
  for (const field of ['agent', 'skill', 'tool', 'workflow', 'queue'] as const) {
    const name = task[field];
    if (name === undefined || isName.test(name)) continue;
    report([...path, field], 'name-invalid', `\`${field}\` of \`${task.key}\` is no name: ${JSON.stringify(name)}`);
  }
  for (const [index, label] of (task.requires ?? []).entries()) {
    if (!isLabel.test(label)) {
      report([...path, 'requires', index], 'name-invalid', `${JSON.stringify(label)} is no label`);
    }
  }
  validateRanges(task, path, report);
}

function validateKind(task: TaskDefinition, path: PlanPath, report: Report): void {
  const allowed = fieldsByKind[task.kind];
  for (const field of allowed.needs) {
    if (task[field] === undefined || task[field] === '') {
      report(path, 'field-missing', `the task \`${task.key}\` of kind ${task.kind} needs \`${field}\``);
    }
  }
  for (const field of kindFields) {
    if (task[field] === undefined || allowed.needs.includes(field) || allowed.may.includes(field)) continue;
    const message = `\`${field}\` has no meaning in \`${task.key}\`, a task of kind ${task.kind}`;
    report([...path, field], 'field-misplaced', message);
  }
}

function validateRanges(task: TaskDefinition, path: PlanPath, report: Report): void {
  const invalid = (field: string, message: string): void => {
    report([...path, ...field.split('.')], 'value-invalid', `\`${field}\` of \`${task.key}\` ${message}`);
  };
  if ((task.title?.length ?? 0) > planLimits.titleLengthMax) {
    invalid('title', `has ${task.title?.length} characters; at most ${planLimits.titleLengthMax}`);
  }
  if (task.timeoutMs !== undefined && !isWithin(task.timeoutMs, 1, durationMsMax)) {
    invalid('timeoutMs', `must be between 1ms and ${formatDuration(durationMsMax)}, found ${task.timeoutMs} ms`);
  }
  if (task.priority !== undefined && !isWholeWithin(task.priority, 0, 3)) {
    invalid('priority', `must be 0 (urgent) to 3 (low), found ${task.priority}`);
  }
  if ((task.requires?.length ?? 0) > planLimits.labelsMax)
    invalid('requires', `lists more than ${planLimits.labelsMax}`);
  const atOnce = task.forEach?.concurrency;
  if (atOnce !== undefined && !isWholeWithin(atOnce, 1, planLimits.itemsAtOnceMax)) {
    invalid('forEach.concurrency', `must be a whole number from 1 to ${planLimits.itemsAtOnceMax}, found ${atOnce}`);
  }
  if (typeof task.wait === 'number' && !isWithin(task.wait, 0, durationMsMax)) {
    invalid('wait', `must be between 0 and ${formatDuration(durationMsMax)}, found ${task.wait} ms`);
  }
  if (task.retry !== undefined) validateRetry(task.retry, invalid);
}

function validateRetry(retry: RetryPolicy, invalid: (field: string, message: string) => void): void {
  const { limit, delayMs, delayMsMax, factor, jitter } = retry;
  if (!isWholeWithin(limit, 0, planLimits.retriesMax)) {
    invalid('retry.limit', `must be a whole number from 0 to ${planLimits.retriesMax}, found ${limit}`);
  }
  if (!isWithin(delayMs, 0, durationMsMax)) invalid('retry.delayMs', `must be a duration, found ${delayMs} ms`);
  if (!isWithin(delayMsMax, delayMs, durationMsMax)) {
    invalid('retry.delayMsMax', `must be at least the first delay of ${delayMs} ms, found ${delayMsMax} ms`);
  }
  if (!isWithin(factor, 1, planLimits.factorMax)) {
    invalid('retry.factor', `must be from 1 to ${planLimits.factorMax}, found ${factor}`);
  }
  if (!isWithin(jitter, 0, 1)) invalid('retry.jitter', `must be from 0 to 1, found ${jitter}`);
}

function isWithin(value: number, min: number, max: number): boolean {
  return Number.isFinite(value) && value >= min && value <= max;
}

function isWholeWithin(value: number, min: number, max: number): boolean {
  return Number.isInteger(value) && value >= min && value <= max;
}
