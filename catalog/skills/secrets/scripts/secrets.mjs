// Looks for credentials in every text file of a repository.

import { listRepository, readText } from './lib/repository.mjs';
import { runSkill } from './lib/skill-run.mjs';
import { Search } from './search.mjs';

await runSkill('secrets', ({ input, repository, progress }) => {
  const listed = listRepository({ input, repository, progress });
  const search = new Search(repository);
  let count = 0;
  for (const file of listed.files) {
    search.checkName(file);
    const text = file.binary || file.skipped !== undefined ? undefined : readText(repository, file);
    if (text !== undefined) search.scan(file, text);
    if (++count % 10_000 === 0) progress(`${count} of ${listed.files.length} files`);
  }
  return search.result(listed);
});
