// What agents have of mailboxes. Each agent of a goal has one for its name and one for its role, within the goal; what is
// sent to the agent from outside, in no goal, is read by whoever of that name reads first in the default project.
//
// Owns:       the addresses. What a worker that is lost had in hand is given again to the run that goes on.

import type { MailOwner, MailPort, Recipient } from '@chorale/module-agents';
import { addressName, formatAddress, sendMessage, type AddressKind, type Message } from '@chorale/module-messaging';
import { defaultProject } from '@chorale/lib-ids';
import type { Clock } from '@chorale/lib-time';
import { awaitAnswer, type MessageServices } from '../messages/open-messages.ts';

/** Longer than a worker's lease: the run that goes on elsewhere still finds its own. */
const leaseMs = 300_000;
const lettersMax = 20;

export function createAgentMail(services: MessageServices, clock: Pick<Clock, 'now'>): MailPort {
  const { messages, watch } = services;
  return {
    async send(owner, { messageId, to, payload, question = false }) {
      const { tenantId } = owner.request.claimed.task;
      const sender = ownAddress(owner);
      const letter = { tenantId, messageId, sender, address: addressOf(owner, to), payload, question };
      return (await sendMessage(services, letter)).mailboxes.length;
    },
    async receive(owner, { takeId, waitMs, topics }, signal) {
      const { tenantId } = owner.request.claimed.task;
      const mailboxes = mailboxesOf(owner);
      const until = clock.now() + waitMs;
      await messages.execute({
        command: 'open-mailbox',
        tenantId,
        mailbox: ownAddress(owner),
        topics: topics.map((name) => inGoal(owner, 'topic', name)),
      });
      for (;;) {
        const woken = watch.waitFor(tenantId, mailboxes);
        const take = { command: 'take-messages', tenantId, mailboxes, takeId, max: lettersMax, leaseMs } as const;
        const taken = (await messages.execute(take)).messages;
        if (taken.length > 0 || signal.aborted || clock.now() >= until) return taken.map(toLetter);
        await woken;
      }
    },
    async settle({ request }, takeId, letters) {
      const { tenantId } = request.claimed.task;
      for (const mailbox of new Set(letters.map((letter) => letter.mailbox))) {
        const messageIds = letters.filter((letter) => letter.mailbox === mailbox).map((letter) => letter.messageId);
        const outcome = 'handled' as const;
        await messages.execute({ command: 'settle-messages', tenantId, mailbox, takeId, messageIds, outcome });
      }
    },
    async awaitAnswer({ request }, { messageId, waitMs }, signal) {
      const { tenantId } = request.claimed.task;
      const until = clock.now() + waitMs;
      const isOver = (): boolean => signal.aborted || clock.now() >= until;
      const found = await awaitAnswer(services, { tenantId, messageId }, isOver);
      return found === undefined ? undefined : toLetter(found);
    },
    async answer(owner, { mailbox, messageId, payload }) {
      const { tenantId } = owner.request.claimed.task;
      const answer = { command: 'answer-question', tenantId, mailbox, messageId, payload } as const;
      return (await messages.execute({ ...answer, sender: ownAddress(owner) })).counts;
    },
  };
}

function toLetter({ mailbox, messageId, sender, payload, question }: Message): {
  readonly mailbox: string;
  readonly messageId: string;
  readonly from: string;
  readonly payload: Message['payload'];
  readonly question: boolean;
} {
  return { mailbox, messageId, from: sender, payload, question };
}

function ownAddress(owner: MailOwner): string {
  return inGoal(owner, 'agent', owner.agent);
}

/** Mailboxes in no goal are those of the default project: what lies there is not for agents that work in another. */
function mailboxesOf(owner: MailOwner): readonly string[] {
  const own = [ownAddress(owner), inGoal(owner, 'role', owner.role)];
  if (owner.request.claimed.goal.projectId !== defaultProject) return own;
  return [
    ...own,
    formatAddress({ kind: 'agent', name: addressName(owner.agent) }),
    formatAddress({ kind: 'role', name: addressName(owner.role) }),
  ];
}

function addressOf(owner: MailOwner, { agent, role, topic }: Recipient): string {
  if (agent !== undefined) return inGoal(owner, 'agent', agent);
  if (role !== undefined) return inGoal(owner, 'role', role);
  if (topic !== undefined) return inGoal(owner, 'topic', topic);
  return inGoal(owner, 'everyone', '');
}

/** Names are written as addresses are: `Security reviewer` is `security-reviewer`. */
function inGoal({ request }: MailOwner, kind: AddressKind, name: string): string {
  const { goalId } = request.claimed.task;
  return formatAddress({ kind, name: name === '' ? '' : addressName(name), goalId });
}
