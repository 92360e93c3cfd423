// The planner's tool: a plan is checked, shown to a person where that was asked for, carried out as a sub-goal, and what
// came of it goes back to the planner, which may plan anew.
//
// Invariants: RP1 a plan that could not run, or that names who or what there is not, is answered with every mistake.
//             RP2 where a plan is to be approved, none runs that no person has seen; a person may change it.
//             RP3 how many plans one goal gets is bounded.

import type { Json, PlanDefinition } from '@chorale/module-goals';
import type { AgentSession } from './agent-session.ts';
import { answerMsMax, readAnswer } from './ask-leave.ts';
import { budgetMistakes, readRoom, type BudgetRoom } from './budget-mistakes.ts';
import { frameData } from './frame-data.ts';
import { openSubGoal, type SubGoalEnd } from './open-sub-goal.ts';
import { findRefusal, type OwnToolCall, type OwnToolResult } from './own-tool-call.ts';
import { ownToolNames } from './own-tools.ts';
import { readProposal, type PlanProposal } from './plan-proposal.ts';
import { isMapping } from './mapping.ts';

/** The first, and those after a failure. */
const plansMax = 3;
/** A person's change that cannot run is shown to the person again, so often. */
const editsMax = 5;
const shownLengthMax = 20_000;
const changedMark = ' (changed by a person)';

export async function runPlan(session: AgentSession, call: OwnToolCall): Promise<OwnToolResult> {
  const proposal = call.arguments as unknown as PlanProposal;
  const room = await readRoom(session);
  const why = await findRefusal(session, call, () => findObstacle(session, proposal, room));
  if (why !== undefined) return { text: why, isError: true };
  session.plans += 1;
  const leave = await letPersonSee(session, proposal);
  if ('refusal' in leave) return { text: leave.refusal, isError: true };
  const { request } = session.parts;
  const definition = await recordedPlan(session, leave.proposal);
  const end = await openSubGoal(session, {
    name: ownToolNames.runPlan,
    title: request.claimed.goal.title,
    definition,
    inputs: {},
    reason: leave.proposal.reason,
  });
  return end.state === 'succeeded' ? succeeded(end) : failed(session, end, definition);
}

function findObstacle(session: AgentSession, proposal: PlanProposal, room: BudgetRoom): string | undefined {
  if (session.plans >= plansMax)
    return `${plansMax} plans were run for this goal; no more are. Give the best result there is with \`finish\`, and say what is missing.`;
  if (session.parts.request.claimed.goal.depth > 0) return 'This is part of a plan already; do the task yourself.';
  const mistakes = mistakesOf(session, proposal, room);
  return mistakes.length === 0 ? undefined : listed('The plan cannot run', mistakes);
}

function mistakesOf(session: AgentSession, proposal: PlanProposal, room: BudgetRoom): readonly string[] {
  const { definition, mistakes } = readProposal(session, proposal);
  return mistakes.length > 0 ? mistakes : budgetMistakes(session, definition, room);
}

function listed(what: string, mistakes: readonly string[]): string {
  return `${what}:\n${mistakes.map((mistake) => `- ${mistake}`).join('\n')}`;
}

type Seen = { readonly proposal: PlanProposal } | { readonly refusal: string };

async function letPersonSee(session: AgentSession, first: PlanProposal): Promise<Seen> {
  if (!isToBeApproved(session.parts.input)) return { proposal: first };
  let proposal = first;
  let trouble = '';
  for (let edit = 0; edit < editsMax; edit++) {
    const { decision, by = 'A person', comment, answer } = askForPlan(session, proposal, trouble);
    if (decision === 'expired') return { refusal: 'Nobody looked at the plan in time; it does not run. End the task.' };
    if (decision !== 'approved')
      return {
        refusal: `${by} does not want this plan${comment === undefined ? '' : `: ${comment}`}. Propose another, or end the task.`,
      };
    if (answer === undefined) return { proposal };
    const edited = editedProposal(answer, proposal);
    trouble = await troubleWith(session, edited);
    proposal = edited;
    if (trouble === '') return { proposal };
  }
  return { refusal: 'The plan was changed to one that cannot run. Propose another.' };
}

function isToBeApproved(input: Json): boolean {
  return isMapping(input) && (input['approvePlan'] === true || input['approvePlan'] === 'true');
}

function askForPlan({ parts }: AgentSession, proposal: PlanProposal, trouble: string) {
  const { agent, calls, ports, request } = parts;
  const plan = proposal as unknown as Json;
  const head = `${agent.name} proposes a plan for: ${request.claimed.goal.title}. ${proposal.reason}`;
  return readAnswer(
    calls.wait({ name: 'plan-leave', input: { plan } }, () => ({
      for: 'person',
      kind: 'plan',
      question: trouble === '' ? head : `${head}\n${trouble}`,
      context: { agent: agent.name, plan },
      expiresAt: ports.clock.now() + answerMsMax,
    })),
  );
}

/** What the person left out stays as it was proposed. */
function editedProposal(answer: Json, proposal: PlanProposal): PlanProposal {
  if (!isMapping(answer)) return proposal;
  const { tasks, outputs, reason } = answer as unknown as Partial<PlanProposal>;
  return {
    reason: reason ?? (proposal.reason.endsWith(changedMark) ? proposal.reason : `${proposal.reason}${changedMark}`),
    tasks: tasks ?? proposal.tasks,
    outputs: outputs ?? proposal.outputs,
  };
}

/** Put on record: who and what there is to plan with may change until the next attempt. */
async function troubleWith(session: AgentSession, proposal: PlanProposal): Promise<string> {
  const tool = session.findTool(ownToolNames.runPlan);
  const found = await session.parts.calls.note({ kind: 'decision', name: 'check-edited-plan', input: {} }, async () => {
    const plan = proposal as unknown as Json;
    const shape = tool === undefined ? [] : session.checkArguments(tool, plan).mistakes;
    const mistakes = shape.length > 0 ? shape : mistakesOf(session, proposal, await readRoom(session));
    return mistakes.length === 0 ? '' : listed('The changed plan cannot run', mistakes);
  });
  return typeof found === 'string' ? found : '';
}

/** What the plan stands for, workflows and all, as it was when it was proposed. */
async function recordedPlan(session: AgentSession, proposal: PlanProposal): Promise<PlanDefinition> {
  const { calls } = session.parts;
  const kept = await calls.note({ kind: 'decision', name: 'adopt-plan', input: { reason: proposal.reason } }, () =>
    calls.keep(readProposal(session, proposal).definition as unknown as Json, 'plan.json'),
  );
  return (await session.readKept(kept)) as unknown as PlanDefinition;
}

function succeeded(end: SubGoalEnd): OwnToolResult {
  const outputs = end.outputs ?? {};
  const shown = frameData(JSON.stringify(outputs), { from: ownToolNames.runPlan, lengthMax: shownLengthMax });
  return { text: `The plan was carried out. It gave:\n${shown}`, output: outputs };
}

async function failed(session: AgentSession, end: SubGoalEnd, { tasks }: PlanDefinition): Promise<OwnToolResult> {
  const { calls, request, thinking } = session.parts;
  const { tenantId } = request.claimed.task;
  const found = await calls.note({ kind: 'decision', name: 'plan-outcome', input: { goal: end.goal } }, async () => {
    const keys = tasks.map(({ key }) => key);
    const rows = await thinking.reads.findTasks(tenantId, end.goal as never, keys);
    const list = rows.map(({ key, state, output, failure }) => ({
      key,
      state,
      ...(output === undefined ? {} : { output }),
      ...(failure === undefined ? {} : { failure: `${failure.code}: ${failure.message}` }),
    }));
    return calls.keep(list, 'outcome.json');
  });
  const outcome = JSON.stringify({ end, tasks: await session.readKept(found) });
  const left = plansMax - session.plans;
  const next =
    left > 0
      ? `You may propose ${left} more; what succeeded need not be done again, give its output as input.`
      : 'No more plans are run: end the task.';
  return {
    text: `The plan ended ${end.state}. ${next}\n${frameData(outcome, { from: ownToolNames.runPlan, lengthMax: shownLengthMax })}`,
    isError: true,
  };
}
