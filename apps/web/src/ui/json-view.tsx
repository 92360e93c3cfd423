import type { Json } from '@chorale/lib-client';
import type { ReactNode } from 'react';
import { useState } from 'react';
import { CopyButton } from './copy-button.tsx';
import styles from './json-view.module.css';
import { ScrollRegion } from './scroll-region.tsx';

/** Children shown of one list or object before the rest must be asked for. */
const childrenShown = 50;
/** Longer text is cut until it is asked for. */
const textShown = 600;
const openDepth = 2;

/** JSON as an outline that folds; long lists and texts show their start and say how much more there is. */
export function JsonView({ value, label }: { readonly value: Json; readonly label: string }): ReactNode {
  return (
    <div className={styles.view}>
      <ScrollRegion label={label} className={styles.tree}>
        <JsonNode value={value} depth={0} />
      </ScrollRegion>
      <div className={styles.copy}>
        <CopyButton text={() => JSON.stringify(value, undefined, 2)} label={`Copy ${label.toLowerCase()}`} />
      </div>
    </div>
  );
}

function JsonNode({
  name,
  value,
  depth,
}: {
  readonly name?: string;
  readonly value: Json;
  readonly depth: number;
}): ReactNode {
  const entries = entriesOf(value);
  if (entries === undefined || entries.length === 0) {
    return (
      <div className={styles.line}>
        <JsonName name={name} />
        {entries === undefined ? <JsonLeaf value={value} /> : <span className={styles.quiet}>{emptyOf(value)}</span>}
      </div>
    );
  }
  return (
    <details className={styles.branch} open={depth < openDepth}>
      <summary>
        <JsonName name={name} />
        <span className={styles.quiet}>{Array.isArray(value) ? `[${entries.length}]` : `{${entries.length}}`}</span>
      </summary>
      <JsonChildren entries={entries} depth={depth + 1} />
    </details>
  );
}

function JsonChildren({
  entries,
  depth,
}: {
  readonly entries: readonly (readonly [string, Json])[];
  readonly depth: number;
}): ReactNode {
  const [shown, setShown] = useState(childrenShown);
  return (
    <div className={styles.children}>
      {entries.slice(0, shown).map(([name, child]) => (
        <JsonNode key={name} name={name} value={child} depth={depth} />
      ))}
      {entries.length > shown ? (
        <button type="button" className={styles.more} onClick={() => setShown(shown + 4 * childrenShown)}>
          {entries.length - shown} more
        </button>
      ) : null}
    </div>
  );
}

function JsonName({ name }: { readonly name: string | undefined }): ReactNode {
  return name === undefined ? null : <span className={styles.name}>{name}</span>;
}

function JsonLeaf({ value }: { readonly value: Json }): ReactNode {
  const [whole, setWhole] = useState(false);
  if (typeof value !== 'string') return <span className={styles.scalar}>{JSON.stringify(value)}</span>;
  if (value === '') return <span className={styles.quiet}>empty text</span>;
  const cut = !whole && value.length > textShown;
  return (
    <span className={styles.text}>
      {cut ? value.slice(0, textShown) : value}
      {cut ? (
        <button type="button" className={styles.more} onClick={() => setWhole(true)}>
          {value.length - textShown} more characters
        </button>
      ) : null}
    </span>
  );
}

function entriesOf(value: Json): readonly (readonly [string, Json])[] | undefined {
  return value !== null && typeof value === 'object' ? Object.entries(value) : undefined;
}

function emptyOf(value: Json): string {
  return Array.isArray(value) ? 'empty list' : 'empty';
}
