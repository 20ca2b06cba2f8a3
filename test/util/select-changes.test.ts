import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect } from 'chai'
import { execaSync } from 'execa'
import fc from 'fast-check'
import { applySelection, changedLineCount, selectedDiff } from '../../lib/util/select-changes.ts'
import { diffHunks } from '../../lib/util/unified-diff.ts'
import { patchOf } from '../support/unified-patch.ts'

const texts = fc
  .tuple(fc.array(fc.constantFrom('a', 'b', 'c', 'd\r', ''), { maxLength: 40 }), fc.boolean())
  .map(([lines, ends]) => lines.join('\n') + (ends && lines.length > 0 ? '\n' : ''))

describe('A selection of the changes of a diff', () => {
  it('that rejects nothing gives the new text, and one that rejects all gives the old one', () => {
    fc.assert(
      fc.property(texts, texts, (before, after) => {
        const { hunks } = diffHunks(before, after)
        const all = new Set(Array.from({ length: changedLineCount(hunks) }, (_, at) => at))
        expect(applySelection(before, after, hunks, new Set())).to.equal(after)
        expect(applySelection(before, after, hunks, all)).to.equal(before)
      }),
    )
  })

  it('gives the text that its own diff describes', () => {
    fc.assert(
      fc.property(texts, texts, fc.array(fc.nat(80)), (before, after, chosen) => {
        const { hunks } = diffHunks(before, after, 1)
        const rejected = new Set(chosen)
        const text = applySelection(before, after, hunks, rejected)
        const { hunks: selected } = selectedDiff(hunks, rejected)
        const none = new Set<number>()
        expect(applySelection(before, text, selected, none)).to.equal(text)
      }),
    )
  })

  it('gives the text that git apply makes of the same hunks', () => {
    const directory = mkdtempSync(path.join(tmpdir(), 'letta-select-'))
    const file = path.join(directory, 'file')
    const ended = fc
      .array(fc.constantFrom('a', 'b', 'c', 'd'), { minLength: 1, maxLength: 40 })
      .map((lines) => `${lines.join('\n')}\n`)
    try {
      fc.assert(
        fc.property(ended, ended, fc.array(fc.nat(80)), (before, after, chosen) => {
          const { hunks } = diffHunks(before, after, 1)
          const rejected = new Set(chosen)
          const selected = selectedDiff(hunks, rejected)
          fc.pre(selected.hunks.length > 0)
          writeFileSync(file, before)
          const patch = { cwd: directory, input: patchOf(selected.hunks) }
          execaSync('git', ['apply', '--unidiff-zero', '--whitespace=nowarn', '-'], patch)
          expect(readFileSync(file, 'utf8')).to.equal(
            applySelection(before, after, hunks, rejected),
          )
        }),
        { numRuns: 100 },
      )
    } finally {
      rmSync(directory, { recursive: true, force: true })
    }
  })

  it('counts only the lines that it applies', () => {
    const { hunks } = diffHunks('a\nb\nc\n', 'a\nB\nc\nd\n')
    expect(selectedDiff(hunks, new Set([0, 1]))).to.include({ added: 1, removed: 0 })
    expect(applySelection('a\nb\nc\n', 'a\nB\nc\nd\n', hunks, new Set([2]))).to.equal('a\nB\nc\n')
  })
})
