import { mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openLogFolder, writeLogFolder } from '@chorale/adapter-filesystem';
import { archiveLog, filesOf, unarchiveLog, verifyLog } from '@chorale/module-access';
import { afterAll, expect, test } from 'vitest';
import { makeTarget } from './tampered-logs.ts';

const directory = mkdtempSync(join(tmpdir(), 'chorale-log-'));

afterAll(() => rmSync(directory, { recursive: true }));

test('[AU10] a log in a folder, and one in an archive, verify with the keys alone', async () => {
  const { files, watchful } = await makeTarget();
  const folder = join(directory, 'log');
  await writeLogFolder(folder, files);
  expect(statSync(join(folder, 'values', '000')).mode & 0o777).toBe(0o600);
  const good = { ok: true, entries: 280, findings: [] };
  expect(await verifyLog(openLogFolder(folder), watchful)).toMatchObject(good);
  expect(await verifyLog(filesOf(unarchiveLog(archiveLog(files))), watchful)).toMatchObject(good);
  await expect(writeLogFolder(folder, files)).rejects.toMatchObject({ code: 'log-folder-exists' });

  const codes = async (): Promise<readonly string[]> =>
    (await verifyLog(openLogFolder(folder), watchful)).findings.map(({ code }) => code);
  symlinkSync('/etc/hostname', join(folder, 'tile', 'extra'));
  expect(await codes()).toEqual(['file-unknown']);
  unlinkSync(join(folder, 'tile', 'extra'));
  const tile = join(folder, 'tile', '0', '000');
  const bytes = readFileSync(tile);
  writeFileSync(tile, bytes.subarray(1));
  expect(await codes()).toEqual(['tile-damaged']);
  unlinkSync(tile);
  expect(await codes()).toEqual(['tile-missing']);
  expect((await verifyLog(openLogFolder(join(directory, 'none')), watchful)).findings[0]?.code).toBe(
    'checkpoint-missing',
  );
});
