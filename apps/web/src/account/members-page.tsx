import type { Member, NewMember } from '@chorale/lib-client';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useState } from 'react';
import { Column, Page } from '../app/page.tsx';
import { useClient } from '../data/backend.tsx';
import { queryKeys } from '../data/query-keys.ts';
import { ProjectsSection } from '../projects/projects-section.tsx';
import { Button } from '../ui/button.tsx';
import { CopyButton } from '../ui/copy-button.tsx';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { sayDone } from '../ui/toasts.tsx';
import { DataTable } from '../ui/data-table.tsx';
import styles from './account.module.css';
import { accountQuery } from './account-query.ts';
import { ConfirmButton } from './confirm-button.tsx';
import { MemberDialog } from './member-dialog.tsx';

type Edited = Member | 'new' | undefined;

/** Who else there is, and what they may do. */
export function MembersPage(): ReactNode {
  const client = useClient();
  const cache = useQueryClient();
  const [edited, setEdited] = useState<Edited>();
  const [invited, setInvited] = useState<{ readonly login: string; readonly invitation: string }>();
  const members = useQuery({ queryKey: queryKeys.members, queryFn: () => client.listMembers() });
  const account = useQuery(accountQuery(client)).data;
  const mayManage = account?.operations.includes('member.manage') === true;
  const renew = (): Promise<void> => cache.invalidateQueries({ queryKey: queryKeys.members });
  const onSaved = (member: Member | NewMember): void => {
    setEdited(undefined);
    void renew();
    if ('invitation' in member && member.invitation !== undefined)
      setInvited({ login: member.login, invitation: member.invitation });
  };
  return (
    <Page title="Members" actions={mayManage ? <Button onClick={() => setEdited('new')}>Add member</Button> : null}>
      <Column>
        {invited === undefined ? null : <Invitation {...invited} />}
        {members.isError ? <ProblemNotice error={members.error} what="The members could not be read" /> : null}
        {members.data === undefined ? null : (
          <Members
            members={members.data}
            mayManage={mayManage}
            onEdit={setEdited}
            onInvited={(login, invitation) => setInvited({ login, invitation })}
            onChanged={renew}
          />
        )}
        <ProjectsSection />
      </Column>
      {edited === undefined ? null : (
        <MemberDialog
          key={edited === 'new' ? 'new' : edited.userId}
          member={edited === 'new' ? undefined : edited}
          onClose={() => setEdited(undefined)}
          onSaved={onSaved}
        />
      )}
    </Page>
  );
}

function Invitation({ login, invitation }: { readonly login: string; readonly invitation: string }): ReactNode {
  const address = `${location.origin}/#invitation=${invitation}`;
  return (
    <output className={styles.once}>
      <div>
        <p>Give this to {login}. Whoever opens it first chooses the password; it is good for three days:</p>
        <code>{address}</code>
      </div>
      <CopyButton text={() => address} label="Copy the invitation" />
    </output>
  );
}

interface MembersProps {
  readonly members: readonly Member[];
  readonly mayManage: boolean;
  readonly onEdit: (member: Member) => void;
  readonly onInvited: (login: string, invitation: string) => void;
  readonly onChanged: () => Promise<void>;
}

function Members({ members, mayManage, ...on }: MembersProps): ReactNode {
  return (
    <DataTable label="Members">
      <thead>
        <tr>
          <th scope="col">Name</th>
          <th scope="col">Logs in as</th>
          <th scope="col">Roles</th>
          <th scope="col">Groups</th>
          <th scope="col">State</th>
          {mayManage ? <th scope="col">What can be done</th> : null}
        </tr>
      </thead>
      <tbody>
        {members.map((member) => (
          <tr key={member.userId}>
            <th scope="row" title={member.userId}>
              {member.displayName}
            </th>
            <td>{member.kind === 'service' ? `${member.login} (service)` : member.login}</td>
            <td>{member.roles.join(', ') || 'none'}</td>
            <td>{member.groups.join(', ')}</td>
            <td>{member.active ? 'active' : 'switched off'}</td>
            {mayManage ? (
              <td>
                <MemberActions member={member} {...on} />
              </td>
            ) : null}
          </tr>
        ))}
      </tbody>
    </DataTable>
  );
}

type MemberActionsProps = Omit<MembersProps, 'members' | 'mayManage'> & { readonly member: Member };

function MemberActions({ member, onEdit, onInvited, onChanged }: MemberActionsProps): ReactNode {
  const client = useClient();
  const { userId, login, active } = member;
  const switching = useMutation({
    mutationFn: () => client.changeMember(userId, { active: !active }),
    onSuccess: async () => {
      sayDone(active ? `${login} is switched off: sessions and keys have ended.` : `${login} is active again.`);
      await onChanged();
    },
  });
  return (
    <>
      <Button look="quiet" aria-label={`Change ${login}`} onClick={() => onEdit(member)}>
        Change
      </Button>
      {member.kind === 'person' ? (
        <ConfirmButton
          label="Invite"
          name={login}
          question={`Make a new invitation for ${login}?`}
          description="Whoever has it chooses a new password; the old one then ends."
          act={async () => onInvited(login, (await client.inviteMember(userId)).invitation)}
        />
      ) : null}
      <Button
        look="quiet"
        aria-label={`${active ? 'Switch off' : 'Switch on'} ${login}`}
        disabled={switching.isPending}
        onClick={() => switching.mutate()}
      >
        {active ? 'Switch off' : 'Switch on'}
      </Button>
      <ConfirmButton
        label="Remove"
        name={login}
        question={`Remove ${login}?`}
        description="Sessions and keys end with the account."
        act={async () => {
          await client.removeMember(userId);
          await onChanged();
        }}
      />
      {switching.isError ? <ProblemNotice error={switching.error} /> : null}
    </>
  );
}
