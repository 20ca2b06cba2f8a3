import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect } from 'chai'
import { execaSync } from 'execa'
import fc from 'fast-check'
import type { Hunk } from '../../../lib/util/unified-diff.ts'
import { patchOf } from '../../support/unified-patch.ts'
import { createPlayground, type Playground } from '../playground.ts'

const NEVER = new AbortController().signal
const FORMATS = ['utf8', 'bom', 'crlf', 'bom crlf', 'utf16le', 'utf16be crlf'] as const
type Format = (typeof FORMATS)[number]

/** A text with line feeds as a file of the format contains it. */
function encoded(text: string, format: Format): Buffer {
  const ended = format.includes('crlf') ? text.replaceAll('\n', '\r\n') : text
  const marked = /bom|utf16/.test(format) ? `\ufeff${ended}` : ended
  if (!format.includes('utf16')) return Buffer.from(marked)
  const bytes = Buffer.from(marked, 'utf16le')
  return format.includes('utf16be') ? bytes.swap16() : bytes
}

const lines = fc
  .integer({ min: 4, max: 40 })
  .map((count) => Array.from({ length: count }, (_, at) => `line ${at} é`))
const texts = fc.record({
  lines,
  endsLine: fc.boolean(),
  format: fc.constantFrom(...FORMATS),
  /** Of the hunks of the change. */
  chosen: fc.array(fc.boolean(), { minLength: 12, maxLength: 12 }),
  at: fc.array(fc.nat(39), { minLength: 1, maxLength: 5 }),
})

describe('The chosen hunks of a change', () => {
  let ground: Playground
  let directory: string
  beforeEach(() => {
    ground = createPlayground()
    directory = mkdtempSync(path.join(tmpdir(), 'letta-part-'))
  })
  afterEach(async () => {
    rmSync(directory, { recursive: true, force: true })
    await ground.close()
  })

  let count = 0
  /** Writes the file, applies the chosen hunks with the tool and with git, and compares the bytes. */
  const compare = async (
    before: string,
    call: { readonly tool: string; readonly args: object },
    { format, chosen }: { readonly format: Format; readonly chosen: readonly boolean[] },
  ): Promise<void> => {
    const name = `file ${++count}`
    ground.put(name, encoded(before, format))
    const prepared = ground.prepare(call.tool, { ...call.args, file_path: name })
    const preview = await prepared.preview()
    fc.pre(preview.type === 'diff')
    const { hunks } = preview as { readonly hunks: readonly Hunk[] }
    const isChosen = (at: number): boolean => chosen[at % chosen.length] === true
    const selected = hunks.filter((_, at) => isChosen(at))
    fc.pre(selected.length > 0)
    let number = 0
    const rejectedLines = hunks.flatMap((hunk, at) =>
      hunk.lines.flatMap(({ type }) => {
        if (type === 'context') return []
        number += 1
        return isChosen(at) ? [] : [number - 1]
      }),
    )
    const selection = rejectedLines.length === 0 ? {} : { selection: { rejectedLines } }
    const { status, text } = await prepared.run(NEVER, () => undefined, selection)
    expect(status, text).to.equal('success')
    const file = path.join(directory, 'file')
    writeFileSync(file, before)
    const input = { cwd: directory, input: patchOf(selected) }
    execaSync('git', ['apply', '--whitespace=nowarn', '-'], input)
    expect(ground.bytes(name)).to.deep.equal(encoded(readFileSync(file, 'utf8'), format))
  }
  const joined = (all: readonly string[], endsLine: boolean): string =>
    `${all.join('\n')}${endsLine ? '\n' : ''}`

  it('are what git apply makes of them, for moved lines in any encoding, with any line ends and end of file', async () => {
    await fc.assert(
      fc.asyncProperty(texts, async ({ lines, endsLine, at, ...how }) => {
        const moved = [...lines]
        for (const from of at) {
          const [line = ''] = moved.splice(from % moved.length, 1)
          moved.splice((from * 7) % (moved.length + 1), 0, line, ...(from % 3 === 0 ? ['new'] : []))
        }
        const content = joined(moved, endsLine)
        await compare(joined(lines, endsLine), { tool: 'Write', args: { content } }, how)
      }),
      { numRuns: 40 },
    )
  })

  it('are what git apply makes of them, for edits that overlap each other', async () => {
    await fc.assert(
      fc.asyncProperty(texts, async ({ lines, endsLine, at, ...how }) => {
        const before = joined(lines, endsLine)
        const places = [...new Set(at.map((one) => one % lines.length))]
        const edits = places.flatMap((place) => [
          { old_string: `line ${place} é`, new_string: `first ${place}.` },
          { old_string: `first ${place}.`, new_string: `second ${place}.\nthird ${place}.` },
          { old_string: `${place}.\nthird ${place}`, new_string: `${place}, and third ${place}` },
        ])
        await compare(before, { tool: 'MultiEdit', args: { edits } }, how)
      }),
      { numRuns: 25 },
    )
  })
})
