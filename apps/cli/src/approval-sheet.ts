// A question to a person as a sheet: a plan as its tasks, the arguments of a call as they are, anything else as JSON.
import type { Approval, Json } from '@chorale/lib-client';
import { formatJson, formatTime } from './format.ts';
import type { Session } from './session.ts';
import { colourOf } from './style.ts';
import { harmless } from './text-width.ts';

export function printApproval(session: Session, approval: Approval): void {
  const { paint, print, printFields } = session;
  const { decidedAt, decidedBy, answer } = approval;
  const plan = approval.kind === 'plan' ? mapOf(mapOf(approval.context)['plan']) : undefined;
  printFields([
    ['approval', approval.approvalId],
    ['kind', approval.kind],
    ['state', paint(colourOf(approval.state), approval.state)],
    ['goal', `${approval.goalId}, task number ${approval.taskNo}`],
    ['question', harmless(approval.question)],
    ['context', plan === undefined ? harmless(formatJson(approval.context)) : undefined],
    ['asked', formatTime(approval.requestedAt)],
    ['expires', formatTime(approval.expiresAt)],
    ['decided', decidedAt === undefined ? undefined : `${formatTime(decidedAt)} by ${decidedBy ?? 'nobody'}`],
    ['comment', harmless(approval.comment ?? '')],
    ['answer', answer === undefined ? undefined : harmless(formatJson(answer))],
  ]);
  if (plan !== undefined) printPlan(session, plan);
  const hint = approval.state === 'pending' ? answerHints[approval.kind] : undefined;
  if (hint !== undefined) print(`\n${paint('dim', hint.replaceAll('ID', approval.approvalId))}\n`);
}

const answerHints: Partial<Record<Approval['kind'], string>> = {
  plan: 'as it is:  chorale approve ID\nchanged:   chorale approve ID --answer-file plan.yaml   with `tasks` and `outputs` as they should be\nnot at all: chorale reject ID --comment "why"',
  'tool-call':
    'as it is:  chorale approve ID\nchanged:   chorale approve ID --answer \'{"arguments": {...}}\'\nnot at all: chorale reject ID --comment "why"',
  question: 'answer:    chorale approve ID --answer \'"..."\'',
};

function printPlan({ paint, print }: Session, plan: Mapping): void {
  const { tasks, outputs } = plan;
  print(`\n${paint('bold', 'Plan')}\n`);
  for (const [index, entry] of (Array.isArray(tasks) ? (tasks as readonly Json[]) : []).entries()) {
    const task = mapOf(entry);
    const needs = Array.isArray(task['needs']) ? task['needs'].map(textOf).join(', ') : '';
    const after = needs === '' ? '' : paint('dim', ` after ${harmless(needs)}`);
    const optional = task['optional'] === true ? paint('dim', ' (may fail)') : '';
    print(
      `${String(index + 1).padStart(2)}. ${paint('bold', harmless(textOf(task['key'])))}  ${harmless(whoOf(task))}${after}${optional}\n`,
    );
    for (const text of [task['title'], task['task'] ?? task['question']])
      if (text !== undefined) print(indent(harmless(textOf(text))));
    for (const field of ['input', 'output'])
      if (task[field] !== undefined) print(indent(paint('dim', `${field} ${harmless(textOf(task[field]))}`)));
  }
  if (Object.keys(mapOf(outputs)).length === 0) return;
  print(`${paint('bold', 'Gives')}\n`);
  for (const [name, value] of Object.entries(mapOf(outputs)))
    print(indent(`${harmless(name)}: ${harmless(textOf(value))}`));
}

function whoOf(task: Mapping): string {
  if (task['agent'] !== undefined)
    return `agent ${textOf(task['agent'])}${task['skill'] === undefined ? '' : ` with ${textOf(task['skill'])}`}`;
  if (task['workflow'] !== undefined) return `workflow ${textOf(task['workflow'])}`;
  return task['question'] === undefined ? '' : 'a person';
}

type Mapping = { readonly [key: string]: Json | undefined };

function mapOf(value: Json | undefined): Mapping {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Mapping) : {};
}

function textOf(value: Json | undefined): string {
  if (value === undefined) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function indent(text: string): string {
  return `${text.replaceAll(/^/gm, '    ')}\n`;
}
