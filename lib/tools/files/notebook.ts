import * as z from 'zod'
import { completeImageSize } from '../../util/image-info.ts'
import { UserError } from '../../util/user-error.ts'
import { emptyNotebook, notNotebook } from '../messages/notebooks.ts'
import type { ToolImage } from '../tool.ts'

const Text = z.union([z.string(), z.array(z.string())])

const Output = z.looseObject({
  output_type: z.string(),
  text: Text.optional(),
  data: z.record(z.string(), z.unknown()).optional(),
  ename: z.string().optional(),
  evalue: z.string().optional(),
})

const Cell = z.looseObject({
  id: z.string().optional(),
  cell_type: z.string(),
  source: Text,
  outputs: z.array(Output).optional(),
})

const Notebook = z.looseObject({
  cells: z.array(Cell),
  nbformat: z.number(),
  nbformat_minor: z.number(),
})

export type NotebookCell = z.infer<typeof Cell>
export type NotebookFile = z.infer<typeof Notebook>

export function parseNotebook(text: string, path: string): NotebookFile {
  try {
    const value: unknown = JSON.parse(text)
    // The original value is returned: zod's copy has another order of keys, which would change every line of the file.
    if (Notebook.safeParse(value).success) return value as NotebookFile
  } catch (thrown) {
    if (!(thrown instanceof SyntaxError)) throw thrown
  }
  throw new UserError(notNotebook(path))
}

/** Older notebooks have no cell ids: their position is used instead. */
export function cellId(cell: NotebookCell, index: number): string {
  return cell.id ?? `cell-${index}`
}

const OUTPUT_LIMIT = 10_000

/** Each cell with its id, source and outputs, as the agent reads it. */
export function renderNotebook(
  text: string,
  path: string,
): { text: string; images: readonly ToolImage[] } {
  const { cells } = parseNotebook(text, path)
  const images: ToolImage[] = []
  const parts = cells.map((cell, index) => {
    const head = `<cell id="${cellId(cell, index)}" type="${cell.cell_type}">`
    const outputs = (cell.outputs ?? []).map((output) => outputText(output, images))
    const shown = outputs
      .filter((output) => output !== '')
      .map((output) => `<output>\n${output}\n</output>`)
    return [head, joined(cell.source), '</cell>', ...shown].join('\n')
  })
  return {
    text: parts.length === 0 ? emptyNotebook(path) : parts.join('\n'),
    images,
  }
}

function outputText(output: z.infer<typeof Output>, images: ToolImage[]): string {
  if (output.output_type === 'error') return `${output.ename ?? 'Error'}: ${output.evalue ?? ''}`
  const png = output.data?.['image/png']
  const base64 = typeof png === 'string' ? png.replaceAll(/\s/g, '') : ''
  if (completeImageSize(Buffer.from(base64, 'base64')) !== null)
    images.push({ mediaType: 'image/png', base64 })
  const plain = Text.safeParse(output.text ?? output.data?.['text/plain'])
  const text = plain.success ? joined(plain.data).trimEnd() : ''
  const cut = text.length > OUTPUT_LIMIT ? `${text.slice(0, OUTPUT_LIMIT)}\n[output cut]` : text
  return typeof png === 'string' ? `${cut}\n[image]`.trimStart() : cut
}

function joined(text: string | readonly string[]): string {
  return typeof text === 'string' ? text : text.join('')
}
