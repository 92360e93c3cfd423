import type { Artifact } from '@chorale/lib-client';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useClient } from '../data/backend.tsx';
import { EmptyState } from '../ui/empty-state.tsx';
import { FileIcon } from '../ui/icons.tsx';
import { formatBytes } from '../ui/format.ts';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { ScrollRegion } from '../ui/scroll-region.tsx';
import styles from './file-preview.module.css';

/** Longer text is downloaded, not shown. */
const textBytesMax = 512 * 1024;

/** Shows a file without trusting it: a page runs in a sandboxed frame without scripts, text stays text. */
export function FilePreview({ file }: { readonly file: Artifact }): ReactNode {
  const type = file.mediaType.split(';')[0] ?? '';
  if (type === 'text/html') {
    return (
      <iframe className={styles.frame} src={file.href} sandbox="" title={file.name} referrerPolicy="no-referrer" />
    );
  }
  if (type.startsWith('image/')) return <img className={styles.image} src={file.href} alt={file.name} />;
  const isText = type.startsWith('text/') || type === 'application/json';
  if (isText && file.sizeBytes <= textBytesMax) return <TextPreview file={file} json={type === 'application/json'} />;
  return (
    <EmptyState
      icon={<FileIcon />}
      title={isText ? `${formatBytes(file.sizeBytes)} are too much to show` : 'This kind of file is not shown'}
      command={`chorale artifact get ${file.goalId} ${file.name}`}
    >
      <a href={file.href} download={file.name} className={styles.link}>
        Download {file.name}
      </a>{' '}
      here, or on a terminal:
    </EmptyState>
  );
}

function TextPreview({ file, json }: { readonly file: Artifact; readonly json: boolean }): ReactNode {
  const client = useClient();
  const text = useQuery({
    // The bytes of a hash never change.
    queryKey: ['bytes', file.hash],
    queryFn: async ({ signal }) => (await client.openArtifact(file, { signal })).text(),
    staleTime: Infinity,
  });
  if (text.isError) return <ProblemNotice error={text.error} what={`${file.name} could not be read`} />;
  if (text.data === undefined) return <p className={styles.reading}>Reading…</p>;
  return (
    <ScrollRegion label={file.name} className={styles.text}>
      <pre>{json ? indented(text.data) : text.data}</pre>
    </ScrollRegion>
  );
}

function indented(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), undefined, 2);
  } catch {
    return text;
  }
}
