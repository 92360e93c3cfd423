// Where a message goes to and comes from: a kind, a name, and the goal within which the name is meant.
import { refused } from '@chorale/lib-errors';

/** Of the kinds, a topic and `everyone` stand for many mailboxes; each of the others has one of its own. */
export type AddressKind = 'agent' | 'role' | 'person' | 'service' | 'topic' | 'everyone';

export interface Address {
  readonly kind: AddressKind;
  /** Empty for `everyone`. */
  readonly name: string;
  /** Undefined: anywhere in the tenant. */
  readonly goalId?: string;
}

const pattern =
  /^(?:(?<kind>agent|role|person|service|topic):(?<name>[A-Za-z0-9][A-Za-z0-9._+-]{0,99})|everyone)(?:@(?<goal>goal_[0-9a-z]{26}))?$/;

/** Throws `address-invalid`. */
export function parseAddress(text: string): Address {
  const groups = pattern.exec(text)?.groups;
  if (groups === undefined) {
    throw refused('address-invalid', `${JSON.stringify(text.slice(0, 200))} is no address of a mailbox.`, {
      action:
        'Write agent:NAME, role:NAME, topic:NAME, person:NAME, service:NAME or everyone; within one goal with @GOAL after it.',
    });
  }
  const { kind, name = '', goal } = groups;
  return {
    kind: (kind as AddressKind | undefined) ?? 'everyone',
    name,
    ...(goal === undefined ? {} : { goalId: goal }),
  };
}

export function formatAddress({ kind, name, goalId }: Address): string {
  return `${kind === 'everyone' ? kind : `${kind}:${name}`}${goalId === undefined ? '' : `@${goalId}`}`;
}

/** What a message to this address feeds: who listens to a topic in no goal hears it of every goal. */
export function heardUnder(text: string): readonly string[] {
  const { kind, name, goalId } = parseAddress(text);
  return kind === 'topic' && goalId !== undefined ? [text, formatAddress({ kind, name })] : [text];
}

export function standsForMany({ kind }: Pick<Address, 'kind'>): boolean {
  return kind === 'topic' || kind === 'everyone';
}

/** A name that an address may carry: "Security reviewer" becomes `security-reviewer`. */
export function addressName(text: string): string {
  const name = text
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, 100);
  return name === '' ? 'unnamed' : name;
}
