import type { ReactNode } from 'react';
import { Checkbox, Field, TextArea, TextInput } from '../ui/field.tsx';
import { type InputDefinitions, isRequired, type TypedInputs } from './goal-inputs.ts';

interface InputFieldsProps {
  readonly definitions: InputDefinitions;
  readonly typed: TypedInputs;
  readonly errors: { readonly [name: string]: string };
  readonly onChange: (name: string, value: string | boolean) => void;
}

/** One field for each input of a workflow, of the kind its type needs. */
export function InputFields({ definitions, typed, errors, onChange }: InputFieldsProps): ReactNode {
  return Object.entries(definitions).map(([name, definition]) => {
    if (definition.type === 'boolean') {
      return (
        <Checkbox
          key={name}
          label={definition.description === undefined ? name : `${name}: ${definition.description}`}
          checked={typed[name] === true}
          onChange={(event) => onChange(name, event.target.checked)}
        />
      );
    }
    const value = String(typed[name] ?? '');
    const hints = {
      list: 'One entry a line, or a JSON list.',
      object: 'A JSON object.',
      number: undefined,
      string: undefined,
    };
    const hint = [definition.description, hints[definition.type]].filter((part) => part !== undefined).join(' ');
    return (
      <Field
        key={name}
        label={name}
        optional={!isRequired(definition)}
        error={errors[name]}
        hint={hint === '' ? undefined : hint}
      >
        {(control) =>
          definition.type === 'list' || definition.type === 'object' ? (
            <TextArea {...control} code value={value} onChange={(event) => onChange(name, event.target.value)} />
          ) : (
            <TextInput
              {...control}
              inputMode={definition.type === 'number' ? 'decimal' : 'text'}
              value={value}
              onChange={(event) => onChange(name, event.target.value)}
            />
          )
        }
      </Field>
    );
  });
}
