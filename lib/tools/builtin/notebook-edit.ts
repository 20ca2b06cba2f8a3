import { createHash } from 'node:crypto'
import * as z from 'zod'
import { splitLines } from '../../util/split-lines.ts'
import { UserError } from '../../util/user-error.ts'
import { createFileTool } from '../files/file-tool.ts'
import { cellId, type NotebookCell, type NotebookFile, parseNotebook } from '../files/notebook.ts'
import { assertNoLoneSurrogate } from '../files/replace-text.ts'
import { encodeText } from '../files/text-encoding.ts'
import {
  CELL_ID_REQUIRED,
  CELL_TYPE_REQUIRED,
  cellDeleted,
  cellInserted,
  cellNotFound,
  cellReplaced,
  editedIn,
} from '../messages/notebooks.ts'
import { editableText } from './edit.ts'

const parameters = z.object({
  notebook_path: z
    .string()
    .describe('The .ipynb file, absolute or relative to the project directory'),
  cell_id: z
    .string()
    .optional()
    .describe(
      'The cell, as Read names it. With insert, the new cell follows it; without it, comes first',
    ),
  new_source: z.string().describe('The new content of the cell (empty to delete)'),
  cell_type: z.enum(['code', 'markdown']).optional().describe('Required to insert'),
  edit_mode: z.enum(['replace', 'insert', 'delete']).optional().describe('Default: replace'),
})

type NotebookEditArgs = z.infer<typeof parameters>

export const notebookEdit = createFileTool<NotebookEditArgs>({
  name: 'NotebookEdit',
  description:
    'Replaces, inserts or deletes one cell of a Jupyter notebook. Read it first for the cell ids.',
  parameters,
  path: ({ notebook_path }) => notebook_path,
  // A part of a change of JSON might not be valid JSON.
  isIndivisible: true,
  compute(args, before, { path, workspace }) {
    assertNoLoneSurrogate(args.new_source)
    const content = editableText(before, path, workspace)
    const notebook = parseNotebook(content.text, path)
    const { cells, message } = EDITS[args.edit_mode ?? 'replace'](notebook, args)
    const indent = /^\s*\{\n([ \t]+)/.exec(content.text)?.[1]
    const end = content.text.endsWith('\n') ? '\n' : ''
    const text = JSON.stringify({ ...notebook, cells }, null, indent) + end
    return { bytes: encodeText(text, content), message: editedIn(path, message) }
  },
})

interface Edited {
  readonly cells: readonly NotebookCell[]
  readonly message: string
}

const EDITS: Record<
  NonNullable<NotebookEditArgs['edit_mode']>,
  (file: NotebookFile, args: NotebookEditArgs) => Edited
> = {
  replace({ cells }, args) {
    const index = placeOf(cells, args)
    const edited = cells.map((cell, at) => (at === index ? withSource(cell, args) : cell))
    return { cells: edited, message: cellReplaced(args.cell_id) }
  },
  insert(file, args) {
    if (args.cell_type === undefined) throw new UserError(CELL_TYPE_REQUIRED)
    const index = args.cell_id === undefined ? 0 : placeOf(file.cells, args) + 1
    const cell = newCell(file, args, index)
    return {
      cells: file.cells.toSpliced(index, 0, cell),
      message: cellInserted(cellId(cell, index)),
    }
  },
  delete({ cells }, args) {
    const index = placeOf(cells, args)
    return { cells: cells.toSpliced(index, 1), message: cellDeleted(args.cell_id) }
  },
}

function placeOf(cells: readonly NotebookCell[], { cell_id }: NotebookEditArgs): number {
  if (cell_id === undefined) throw new UserError(CELL_ID_REQUIRED)
  const index = cells.findIndex((cell, at) => cellId(cell, at) === cell_id)
  if (index >= 0) return index
  throw new UserError(cellNotFound(cell_id, cells.map(cellId)))
}

function withSource(cell: NotebookCell, { new_source, cell_type }: NotebookEditArgs): NotebookCell {
  const type = cell_type ?? cell.cell_type
  const changed = { ...cell, cell_type: type, source: splitLines(new_source), ...fresh(type) }
  if (type === 'code') return changed
  const { outputs: _, execution_count: __, ...rest } = changed
  return rest
}

function newCell(
  file: NotebookFile,
  { new_source, cell_type = 'code' }: NotebookEditArgs,
  index: number,
): NotebookCell {
  const named = file.nbformat > 4 || (file.nbformat === 4 && file.nbformat_minor >= 5)
  const body = { cell_type, metadata: {}, source: splitLines(new_source), ...fresh(cell_type) }
  return named ? { id: newId(file, `${index} ${new_source}`), ...body } : body
}

/** Derived from the content, so that the preview shows the id that is written. */
function newId(file: NotebookFile, seed: string): string {
  const taken = new Set(file.cells.map(cellId))
  const id = createHash('sha256').update(seed).digest('hex').slice(0, 8)
  return taken.has(id) ? newId(file, id) : id
}

/** The outputs of the previous code would be wrong for the new code, which has not run. */
function fresh(type: string): { execution_count: null; outputs: [] } | object {
  return type === 'code' ? { execution_count: null, outputs: [] } : {}
}
