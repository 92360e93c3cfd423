import type { Artifact, Goal } from '@chorale/lib-client';
import { useQuery } from '@tanstack/react-query';
import { Link, useSearch } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useClient } from '../data/backend.tsx';
import { artifactsQuery } from '../data/queries.ts';
import { EmptyState } from '../ui/empty-state.tsx';
import { DownloadIcon, FileIcon } from '../ui/icons.tsx';
import { formatBytes } from '../ui/format.ts';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { FilePreview } from './file-preview.tsx';
import styles from './files-view.module.css';
import { latestFiles } from './latest-files.ts';

/** The files the goal made: the report first, each shown as far as that is safe. */
export function FilesView({ goal }: { readonly goal: Goal }): ReactNode {
  const client = useClient();
  const artifacts = useQuery(artifactsQuery(client, goal.goalId));
  const { file: chosenName } = useSearch({ from: '/goals/$goalId' });
  const files = latestFiles(artifacts.data ?? []);
  const chosen = files.find(({ name }) => name === chosenName) ?? files[0];
  if (artifacts.isError && artifacts.data === undefined) {
    return (
      <div className={styles.notice}>
        <ProblemNotice error={artifacts.error} what="The files could not be read" />
      </div>
    );
  }
  if (chosen === undefined) {
    return artifacts.isPending ? (
      <p className={styles.notice}>Reading the files…</p>
    ) : (
      <EmptyState icon={<FileIcon />} title="No files yet" command={`chorale artifact list ${goal.goalId}`}>
        Reports and other files that tasks make appear here as soon as they are stored.
      </EmptyState>
    );
  }
  return (
    <div className={styles.files}>
      <ul className={styles.list} aria-label="Files">
        {files.map((file) => (
          <FileRow key={file.name} file={file} chosen={file === chosen} />
        ))}
      </ul>
      <div className={styles.preview}>
        <FilePreview key={chosen.hash} file={chosen} />
      </div>
    </div>
  );
}

function FileRow({ file, chosen }: { readonly file: Artifact; readonly chosen: boolean }): ReactNode {
  return (
    <li className={styles.row} data-chosen={chosen}>
      <Link
        from="/goals/$goalId"
        search={(previous) => ({ ...previous, file: file.name })}
        replace
        className={styles.file}
        activeProps={{}}
        aria-current={chosen ? 'true' : undefined}
      >
        <span className={styles.name}>{file.name}</span>
        <span className={styles.about}>
          {file.mediaType.split(';')[0]} · {formatBytes(file.sizeBytes)}
        </span>
      </Link>
      <a href={file.href} download={file.name} className={styles.download} aria-label={`Download ${file.name}`}>
        <DownloadIcon size={14} />
      </a>
    </li>
  );
}
