import type { Member, NewMember } from '@chorale/lib-client';
import { useMutation } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useState } from 'react';
import { useClient } from '../data/backend.tsx';
import { Button } from '../ui/button.tsx';
import { Dialog, DialogActions, DialogBody } from '../ui/dialog.tsx';
import { Checkbox, Field, Select, TextInput } from '../ui/field.tsx';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import styles from './account.module.css';

/** The roles that ship; custom ones that a member has stay. */
const shippedRoles = ['owner', 'admin', 'operator', 'developer', 'reviewer', 'auditor', 'viewer'];

interface MemberDialogProps {
  /** Missing for a new one. */
  readonly member: Member | undefined;
  readonly onClose: () => void;
  readonly onSaved: (member: Member | NewMember) => void;
}

export function MemberDialog({ member, onClose, onSaved }: MemberDialogProps): ReactNode {
  const client = useClient();
  const [login, setLogin] = useState('');
  const [displayName, setDisplayName] = useState(member?.displayName ?? '');
  const [kind, setKind] = useState<Member['kind']>('person');
  const [roles, setRoles] = useState<readonly string[]>(member?.roles ?? ['viewer']);
  const save = useMutation({
    mutationFn: (): Promise<Member | NewMember> => {
      const name = displayName.trim() === '' ? {} : { displayName: displayName.trim() };
      return member === undefined
        ? client.addMember({ login, kind, roles, ...name })
        : client.changeMember(member.userId, { roles, ...name });
    },
    onSuccess: onSaved,
  });
  return (
    <Dialog open onClose={onClose} title={member === undefined ? 'Add member' : `Change ${member.login}`}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          save.mutate();
        }}
      >
        <DialogBody>
          {member === undefined ? (
            <>
              <Field label="Logs in as">
                {(control) => (
                  <TextInput {...control} required value={login} onChange={(event) => setLogin(event.target.value)} />
                )}
              </Field>
              <Field label="Kind">
                {(control) => (
                  <Select {...control} value={kind} onChange={(event) => setKind(event.target.value as Member['kind'])}>
                    <option value="person">a person, who gets an invitation</option>
                    <option value="service">a service account, which has keys</option>
                  </Select>
                )}
              </Field>
            </>
          ) : null}
          <Field label="Name" optional>
            {(control) => (
              <TextInput {...control} value={displayName} onChange={(event) => setDisplayName(event.target.value)} />
            )}
          </Field>
          <Roles roles={roles} onChange={setRoles} />
          {save.isError ? <ProblemNotice error={save.error} what="The member was not saved" /> : null}
        </DialogBody>
        <DialogActions>
          <Button onClick={onClose}>Cancel</Button>
          <Button look="primary" type="submit" disabled={save.isPending}>
            Save
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}

interface RolesProps {
  readonly roles: readonly string[];
  readonly onChange: (roles: readonly string[]) => void;
}

function Roles({ roles, onChange }: RolesProps): ReactNode {
  return (
    <fieldset className={styles.choices}>
      <legend>Roles</legend>
      {[...new Set([...shippedRoles, ...roles])].map((role) => (
        <Checkbox
          key={role}
          label={role}
          checked={roles.includes(role)}
          onChange={(event) =>
            onChange(event.target.checked ? [...roles, role] : roles.filter((held) => held !== role))
          }
        />
      ))}
    </fieldset>
  );
}
