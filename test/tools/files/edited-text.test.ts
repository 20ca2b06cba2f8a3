import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect } from 'chai'
import { execaSync } from 'execa'
import fc from 'fast-check'
import { decodeText, encodeText } from '../../../lib/tools/files/text-encoding.ts'
import { changedSinceShown, notEditable } from '../../../lib/tools/messages/file-changes.ts'
import type { ChangeSelection, Preview, TextEdit } from '../../../lib/tools/tool.ts'
import { changedLineCount, selectedDiff } from '../../../lib/util/select-changes.ts'
import type { Hunk } from '../../../lib/util/unified-diff.ts'
import { messageOf } from '../../../lib/util/user-error.ts'
import { rejection } from '../../support/rejection.ts'
import { patchOf } from '../../support/unified-patch.ts'
import { createPlayground, type Playground } from '../playground.ts'

const FORMATS = [
  { encoding: 'utf-8', bom: false, newline: '\n' },
  { encoding: 'utf-8', bom: true, newline: '\r\n' },
  { encoding: 'utf-16le', bom: true, newline: '\n' },
  { encoding: 'utf-16be', bom: true, newline: '\r\n' },
] as const

const lines = (count: number) =>
  fc.array(fc.constantFrom('a', 'b', 'ç', '日'), { minLength: count, maxLength: count })

describe('A change that the user edited', () => {
  let ground: Playground
  beforeEach(() => {
    ground = createPlayground()
  })
  afterEach(() => ground.close())

  const prepare = (name: string, args: object, callId: string, edited?: TextEdit) => {
    const own = edited === undefined ? {} : { edited }
    const call = { callId, turnId: 't', agentId: '', name, args: JSON.stringify(args), ...own }
    const made = ground.runner.prepare(call)
    if (!made.ok) throw new Error(made.answer.text)
    return made.prepared
  }
  const hunksOf = (preview: Preview): readonly Hunk[] =>
    preview.type === 'diff' ? preview.hunks : []
  const run = (call: ReturnType<typeof prepare>, selection?: ChangeSelection) => {
    const own = selection === undefined ? {} : { selection }
    return call.run(new AbortController().signal, () => undefined, own)
  }

  it('is written as git apply writes the shown lines that were not rejected, in the encoding of the file', async () => {
    const directory = mkdtempSync(path.join(tmpdir(), 'letta-edited-'))
    const file = path.join(directory, 'file')
    let count = 0
    try {
      await fc.assert(
        fc.asyncProperty(
          lines(24),
          lines(24),
          fc.constantFrom(...FORMATS),
          fc.array(fc.nat(40)),
          async (old, typed, format, chosen) => {
            const name = `f${++count}`
            const before = `first\n${old.join('\n')}\n`
            const after = `FIRST, again\n${typed.join('\n')}\n`
            ground.put(name, encodeText(before, format))
            // The second edit changes what the first one has written.
            const args = {
              file_path: name,
              edits: [
                { old_string: 'first\n', new_string: 'FIRST\n' },
                { old_string: 'FIRST\n', new_string: 'FIRST, again\n' },
              ],
            }
            const proposed = (await prepare('MultiEdit', args, name).propose())?.text ?? ''
            expect(proposed).to.equal(before.replace('first', 'FIRST, again'))
            const call = prepare('MultiEdit', args, name, { proposed, text: after })
            const hunks = hunksOf(await call.preview())
            const total = changedLineCount(hunks)
            const rejected = new Set(chosen.filter((line) => line < total))
            fc.pre(rejected.size < total)
            writeFileSync(file, before)
            const selected = selectedDiff(hunks, rejected)
            const patch = { cwd: directory, input: patchOf(selected.hunks) }
            execaSync('git', ['apply', '--unidiff-zero', '--whitespace=nowarn', '-'], patch)
            const rejectedLines = [...rejected]
            await run(call, rejectedLines.length === 0 ? undefined : { rejectedLines })
            const written = decodeText(ground.bytes(name))
            expect(written.text).to.equal(readFileSync(file, 'utf8'))
            expect(written).to.include(format)
          },
        ),
        { numRuns: 60 },
      )
    } finally {
      rmSync(directory, { recursive: true, force: true })
    }
  })

  it('is not written when its lines are no longer in the file', async () => {
    ground.put('a', 'one\ntwo\n')
    const args = { file_path: 'a', old_string: 'two', new_string: 'TWO' }
    const proposed = (await prepare('Edit', args, 'c').propose())?.text ?? ''
    const call = prepare('Edit', args, 'c', { proposed, text: proposed.replace('one', 'One') })
    await call.preview()
    ground.put('a', 'other\ntwo\n')
    expect(await run(call)).to.deep.equal({
      status: 'error',
      text: changedSinceShown(ground.path('a')),
    })
    expect(ground.text('a')).to.equal('other\ntwo\n')
  })

  it('keeps the line endings of the file where the user pastes others', async () => {
    ground.put('a', 'one\r\ntwo\r\n')
    const args = { file_path: 'a', old_string: 'two', new_string: 'TWO' }
    const proposed = (await prepare('Edit', args, 'c').propose())?.text ?? ''
    await run(prepare('Edit', args, 'c', { proposed, text: 'one\r\nTWO\r\nthree\r\n' }))
    expect(ground.text('a')).to.equal('one\r\nTWO\r\nthree\r\n')
  })

  it('cannot be one of a file with bytes that no editor keeps', async () => {
    ground.put('a', Buffer.from([0xc3, 0xa7, 0xff, 0x0a, 0x61, 0x0a]))
    const args = { file_path: 'a', old_string: 'a', new_string: 'b' }
    expect(messageOf(await rejection(prepare('Edit', args, 'c').propose()))).to.equal(
      notEditable('a'),
    )
  })
})
