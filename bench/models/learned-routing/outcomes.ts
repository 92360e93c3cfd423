// Reads files of questions with what a weaker and a stronger model made of them: CSV of `prompt`, then one column for
// each of two models with True or False. The model that is right more often over all of them is the stronger one.

import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { refused } from '@chorale/lib-errors';

export interface Question {
  readonly prompt: string;
  readonly weakGood: boolean;
  readonly strongGood: boolean;
}

export interface Questions {
  readonly weak: string;
  readonly strong: string;
  readonly questions: readonly Question[];
}

interface Table {
  readonly models: readonly [string, string];
  readonly rows: readonly { readonly prompt: string; readonly good: readonly [boolean, boolean] }[];
}

/** `strong` is known when the same models were read before, so that held-out data cannot decide who is stronger. */
export function readQuestions(path: string, strongBefore?: string): Questions {
  if (!existsSync(path))
    throw refused('bench-data-missing', `there is nothing at ${path}; name a file or a folder of .csv files.`);
  const files = statSync(path).isDirectory()
    ? readdirSync(path)
        .filter((name) => name.endsWith('.csv'))
        .toSorted()
        .map((name) => join(path, name))
    : [path];
  const tables = files.map((file) => readTable(file));
  const models = tables[0]?.models;
  if (models === undefined) throw refused('bench-data-missing', `${path} holds no .csv file.`);
  if (tables.some((table) => table.models.join() !== models.join())) {
    throw refused('bench-data-wrong', `the files in ${path} do not name the same two models in their first lines.`);
  }
  const rows = tables.flatMap((table) => table.rows);
  const rightOf = (at: 0 | 1): number => rows.filter((row) => row.good[at]).length;
  const strongAt = strongBefore === undefined ? (rightOf(1) >= rightOf(0) ? 1 : 0) : models.indexOf(strongBefore);
  if (strongAt === -1) throw refused('bench-data-wrong', `${path} has no column for ${strongBefore}.`);
  const weakAt = strongAt === 1 ? 0 : 1;
  const questions = rows.map(({ prompt, good }) => {
    return { prompt, weakGood: good[weakAt], strongGood: good[strongAt as 0 | 1] };
  });
  return { weak: models[weakAt], strong: models[strongAt as 0 | 1], questions };
}

function readTable(file: string): Table {
  const [head, ...lines] = parseCsv(readFileSync(file, 'utf8'));
  const [first, left, right, ...more] = head ?? [];
  if (first !== 'prompt' || left === undefined || right === undefined || more.length > 0) {
    throw refused('bench-data-wrong', `${file}: the first line must be prompt and two models; found ${head?.join()}.`);
  }
  const rows = lines.map((line, at) => {
    const [prompt, ...answers] = line;
    if (prompt === undefined || answers.length !== 2 || answers.some((answer) => !/^(True|False)$/.test(answer))) {
      throw refused('bench-data-wrong', `${file}: row ${at + 2} is not a prompt and two of True or False.`);
    }
    return { prompt, good: [answers[0] === 'True', answers[1] === 'True'] as const };
  });
  return { models: [left, right], rows };
}

/** RFC 4180: quoted fields may hold commas, line ends and doubled quotes. */
export function parseCsv(text: string): readonly (readonly string[])[] {
  const rows: string[][] = [];
  let row: string[] = [];
  let field = '';
  let quoted = false;
  for (let at = 0; at < text.length; at++) {
    const sign = text[at];
    if (quoted) {
      if (sign !== '"') field += sign;
      else if (text[at + 1] === '"') field += text[++at];
      else quoted = false;
    } else if (sign === '"') quoted = true;
    else if (sign === ',') {
      row.push(field);
      field = '';
    } else if (sign === '\n') {
      rows.push([...row, field]);
      row = [];
      field = '';
    } else if (sign !== '\r') field += sign;
  }
  if (field !== '' || row.length > 0) rows.push([...row, field]);
  return rows;
}
