// Replaces exact texts in a file of the workspace: all of the edits, or none.

import { refused } from '@chorale/lib-errors';
import type { ToolDefinition } from '@chorale/module-agents';
import { withFile } from './confined-path.ts';
import { writeWorkspaceText } from './workspace-files.ts';

export interface Edit {
  readonly oldText: string;
  readonly newText: string;
  readonly replaceAll?: boolean;
}

interface EditFileArguments {
  readonly path: string;
  readonly edits: readonly Edit[];
}

const fileBytesMax = 8 * 1024 * 1024;
const placesNamedMax = 10;

export const editFileTool: ToolDefinition<EditFileArguments> = {
  name: 'edit-file',
  description:
    'Changes a text file in the workspace by replacing exact texts, in order. Each `oldText` must occur exactly once ' +
    'unless `replaceAll` is set; give enough of the lines around it. Either all edits are made or none.',
  inputSchema: {
    type: 'object',
    properties: {
      path: { type: 'string', minLength: 1, maxLength: 4_096 },
      edits: {
        type: 'array',
        minItems: 1,
        maxItems: 200,
        items: {
          type: 'object',
          properties: {
            oldText: { type: 'string', minLength: 1, maxLength: 1_000_000 },
            newText: { type: 'string', maxLength: 1_000_000 },
            replaceAll: { type: 'boolean', default: false },
          },
          required: ['oldText', 'newText'],
          additionalProperties: false,
        },
      },
    },
    required: ['path', 'edits'],
    additionalProperties: false,
  },
  // Made again, it would not find what it replaced.
  idempotent: false,
  effects: 'writes-workspace',
  gives: 'echo',
  run: async ({ path, edits }, context) => {
    const before = await readExactly(context.workspace, path);
    const { text, replacements } = applyEdits(before, edits);
    await writeWorkspaceText(context.workspace, path, text);
    return { output: { path, replacements, sizeBytes: Buffer.byteLength(text) } };
  },
};

/** Refuses what would not survive being written back. */
function readExactly(root: string, path: string): Promise<string> {
  return withFile(root, path, async (file) => {
    const { size } = await file.stat();
    if (size > fileBytesMax) {
      throw refused(
        'file-too-large',
        `${JSON.stringify(path)} has ${size} bytes; at most ${fileBytesMax} can be edited.`,
        {
          action: 'Use the shell.',
        },
      );
    }
    const bytes = await file.readFile();
    try {
      return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    } catch (error) {
      throw refused('file-not-text', `${JSON.stringify(path)} is not UTF-8 text.`, {
        action: 'Use the shell.',
        cause: error,
      });
    }
  });
}

function applyEdits(before: string, edits: readonly Edit[]): { readonly text: string; readonly replacements: number } {
  let text = before;
  let replacements = 0;
  edits.forEach((edit, index) => {
    const places = findPlaces(text, edit.oldText);
    if (places.length === 0) throw noMatch(text, edit, index);
    if (places.length > 1 && edit.replaceAll !== true) throw ambiguous(text, places, index);
    replacements += places.length;
    text = text.split(edit.oldText).join(edit.newText);
  });
  return { text, replacements };
}

function findPlaces(text: string, wanted: string): readonly number[] {
  const places: number[] = [];
  for (let at = text.indexOf(wanted); at !== -1; at = text.indexOf(wanted, at + wanted.length)) places.push(at);
  return places;
}

function noMatch(text: string, edit: Edit, index: number): Error {
  const lineEnds =
    text.includes('\r\n') && text.replaceAll('\r\n', '\n').includes(edit.oldText.replaceAll('\r\n', '\n'));
  return refused('edit-no-match', `The old text of edit ${index + 1} does not occur in the file.`, {
    action: lineEnds
      ? 'The lines of this file end with a carriage return: include it.'
      : 'Read the file and copy the text exactly, with its spaces.',
  });
}

function ambiguous(text: string, places: readonly number[], index: number): Error {
  const lines = places.slice(0, placesNamedMax).map((at) => text.slice(0, at).split('\n').length);
  return refused(
    'edit-ambiguous',
    `The old text of edit ${index + 1} occurs ${places.length} times (lines ${lines.join(', ')}).`,
    {
      action: 'Include more of the lines around it, or set replaceAll.',
      data: { lines },
    },
  );
}
