import { expect } from 'chai'
import { structuredPatch } from 'diff'
import fc from 'fast-check'
import {
  diffHunks,
  diffSteps,
  formatUnifiedDiff,
  type Hunk,
  type HunkLine,
} from '../../lib/util/unified-diff.ts'
import { loadCases } from '../support/cases.ts'
import { collectGarbage } from '../support/collect-garbage.ts'
import { createPlayground } from '../tools/playground.ts'

const lines = (count: number, of = (number: number) => `line ${number}`): string =>
  Array.from({ length: count }, (_, index) => `${of(index + 1)}\n`).join('')

/** The text that the hunks make of `before`, which every removed and context line must agree with. */
function applied(before: string, hunks: readonly Hunk[]): string {
  const old = before.match(/[^\n]*\n|[^\n]+$/g) ?? []
  const made: string[] = []
  let next = 1
  for (const line of hunks.flatMap((hunk) => hunk.lines)) {
    const ended = line.noNewline ? line.text : `${line.text}\n`
    for (; next < (line.oldNumber ?? 0); next++) made.push(old[next - 1] ?? '')
    if (line.oldNumber !== null) expect(old[next++ - 1]).to.equal(ended)
    if (line.newNumber === null) continue
    const skipped = line.type === 'added' ? line.newNumber - 1 - made.length : 0
    for (let more = 0; more < skipped; more++) made.push(old[next++ - 1] ?? '')
    made.push(ended)
    expect(made.length).to.equal(line.newNumber)
  }
  return [...made, ...old.slice(next - 1)].join('')
}

/** As a unified diff writes it. */
function raw(line: HunkLine): string[] {
  const sign = { context: ' ', added: '+', removed: '-' }[line.type]
  return [sign + line.text, ...(line.noNewline ? ['\\ No newline at end of file'] : [])]
}

describe('The hunks of a difference', () => {
  it('are as many as there are changes, also of two texts with thousands of them', () => {
    const before = lines(100_000)
    const after = lines(100_000, (number) => `line ${number}${number % 50 === 25 ? '!' : ''}`)
    const { hunks, added, removed } = diffHunks(before, after)
    expect([hunks.length, added, removed]).to.deep.equal([2000, 2000, 2000])
    expect(applied(before, hunks) === after).to.equal(true)
  })

  it('give the new text, also when lines are moved, repeated and replaced in thousands of places', () => {
    const numbers = fc.array(fc.nat(3), { minLength: 3000, maxLength: 3000 })
    const ends = fc.constantFrom('', '\n')
    fc.assert(
      fc.property(numbers, numbers, ends, ends, (old, now, oldEnd, nowEnd) => {
        const text = (values: readonly number[]): string =>
          values.map((value, at) => (value === 0 ? `line ${at}` : `${value}`)).join('\n')
        const before = text(old) + oldEnd
        const after = `${text(now.slice(7))}${nowEnd}`
        expect(applied(before, diffHunks(before, after).hunks) === after).to.equal(true)
      }),
      { numRuns: 10 },
    )
  })

  it('numbers the lines of both sides', () => {
    expect(
      diffHunks(lines(20), lines(20).replace('line 10\n', 'ten\nten and a half\n'), 1),
    ).to.deep.equal({
      hunks: [
        {
          oldStart: 9,
          newStart: 9,
          lines: [
            { type: 'context', text: 'line 9', oldNumber: 9, newNumber: 9 },
            { type: 'removed', text: 'line 10', oldNumber: 10, newNumber: null },
            { type: 'added', text: 'ten', oldNumber: null, newNumber: 10 },
            { type: 'added', text: 'ten and a half', oldNumber: null, newNumber: 11 },
            { type: 'context', text: 'line 11', oldNumber: 11, newNumber: 12 },
          ],
        },
      ],
      added: 2,
      removed: 1,
    })
  })

  it('names what the first change is in: a function, a class or a test above it, and nothing at the outermost level', () => {
    const body = Array.from({ length: 30 }, (_, index) => `    step(${index})`)
    const inside = (...above: readonly string[]): string | undefined => {
      const before = [...above, ...body, ''].join('\n')
      return diffHunks(before, before.replace('step(20)', 'step(-1)')).hunks[0]?.section
    }
    expect(inside('export async function run(state: State): void {')).to.equal(
      'export async function run(state: State): void {',
    )
    expect(inside('class Engine:', '  def run(self):')).to.equal('def run(self):')
    expect(inside('export function run(', '  state: State,', ') {')).to.equal(
      'export function run(',
    )
    expect(inside('const run = (state) => {', '  if (state) {')).to.equal(
      'const run = (state) => {',
    )
    expect(inside("  it('runs', () => {")).to.equal("it('runs', () => {")
    expect(inside('function before() {', '    step(-2)', '}', 'import x')).to.equal(undefined)
    const two = 'function one() {\n  return 1\n}\n\nexport const TWO = 2\n'
    expect(diffHunks(two, two.replace('= 2', '= 3')).hunks[0]?.section).to.equal(undefined)
    expect(diffHunks(two, two.replace('n 1', 'n 3')).hunks[0]?.section).to.equal('function one() {')
  })

  it('marks a last line without a line feed', () => {
    const { hunks } = diffHunks('a\nb', 'a\nb\n')
    expect(hunks[0]?.lines.flatMap(raw)).to.deep.equal([
      ' a',
      '-b',
      '\\ No newline at end of file',
      '+b',
    ])
  })

  it('has nothing to show for equal texts, all of a new one, and all of one that is emptied', () => {
    expect(diffHunks('a\n', 'a\n')).to.deep.equal({ hunks: [], added: 0, removed: 0 })
    expect(diffHunks('', 'a\nb\n').hunks[0]?.lines.flatMap(raw)).to.deep.equal(['+a', '+b'])
    expect(diffHunks('a\nb\n', '').hunks[0]?.lines.flatMap(raw)).to.deep.equal(['-a', '-b'])
  })

  it('are those of a search in the complete texts, with correct numbers', () => {
    const line = fc.constantFrom('a\n', 'b\n', '\n', 'c\r\n', 'ab\n')
    const text = fc.tuple(fc.array(line, { maxLength: 12 }), fc.constantFrom('', 'a', 'end'))
    fc.assert(
      fc.property(text, text, ([one, end], [other, otherEnd]) => {
        const before = one.join('') + end
        const after = other.join('') + otherEnd
        const { hunks } = diffHunks(before, after, 1)
        expect(applied(before, hunks)).to.equal(after)
      }),
      { numRuns: 1_000 },
    )
  })

  it('are those of the package that words are compared with, line by line', () => {
    const line = fc.constantFrom('a', 'b', 'c', 'd\r', '')
    const text = fc.tuple(fc.array(line, { maxLength: 30 }), fc.constantFrom('', '\n'))
    fc.assert(
      fc.property(text, text, fc.nat(4), ([one, end], [other, otherEnd], context) => {
        const [before, after] = [one.join('\n') + end, other.join('\n') + otherEnd]
        const complete = { before: `first\n${before}\nend`, after: `other\n${after}\nlast` }
        const patch = structuredPatch('', '', complete.before, complete.after, '', '', { context })
        const { hunks } = diffHunks(complete.before, complete.after, context)
        expect(hunks.map(({ lines }) => lines.flatMap(raw))).to.deep.equal(
          patch.hunks.map(({ lines }) => lines),
        )
      }),
      { numRuns: 500 },
    )
  })

  it('of a small change keep no other part of the texts in memory', async () => {
    const rest = lines(60_000)
    await collectGarbage()
    const before = process.memoryUsage().heapUsed
    const kept = Array.from({ length: 20 }, (_, index) =>
      diffHunks(`old text ${index} of the line\n${rest}`, `new text ${index} of the line\n${rest}`),
    )
    await collectGarbage()
    expect(process.memoryUsage().heapUsed - before).to.be.below(5_000_000)
    expect(kept.map(({ hunks }) => hunks[0]?.lines[0]?.text)).to.include('old text 7 of the line')
  })

  it('are found in short steps, so that keys are handled meanwhile', () => {
    const before = lines(100_000)
    const after = lines(100_000, (number) => `line ${number}${number % 50 === 25 ? '!' : ''}`)
    const steps = diffSteps(before, after)
    let count = 0
    while (steps.next().done !== true) count++
    expect(count).to.be.greaterThan(1_000)
  })

  it('contains each of hundreds of thousands of removed lines', () => {
    const before = lines(250_000)
    expect(diffHunks(before, 'other\n').removed).to.equal(250_000)
  })

  it('gives up the search for the shortest diff of huge texts, not the truth', () => {
    const head = 'same\n'.repeat(5)
    const before = head + lines(30_000) + head
    const after = head + lines(30_000, (number) => `other ${number}`) + head
    const { hunks, added, removed } = diffHunks(before, after)
    expect([hunks.length, added, removed]).to.deep.equal([1, 30_000, 30_000])
    const shown = hunks[0]?.lines ?? []
    expect(shown.length).to.equal(60_006)
    expect(shown[0]).to.deep.equal({ type: 'context', text: 'same', oldNumber: 3, newNumber: 3 })
    expect(shown.at(-1)).to.deep.equal({
      type: 'context',
      text: 'same',
      oldNumber: 30_008,
      newNumber: 30_008,
    })
  })

  it('compares huge texts by the lines that both contain once, not by repeated ones', () => {
    const others = lines(30_000, (number) => `other ${number}`)
    const before = `first\nrepeated\nonce\n${lines(30_000)}repeated\nlast\n`
    const after = `new first\nrepeated\nonce\n${others}new last\n`
    const { added, removed } = diffHunks(before, after)
    expect([added, removed]).to.deep.equal([30_002, 30_003])
    const twice = diffHunks(
      `${lines(30_000)}left\nright\nonce\n`,
      `${others}left\nright\nonce\nleft\nright\n`,
    )
    expect([twice.added, twice.removed]).to.deep.equal([30_002, 30_000])
  })

  const { cases } = loadCases('diff_preview.json') as { cases: Case[] }
  for (const one of cases) it(one.id, () => runCase(one))
})

interface Case {
  readonly id: string
  readonly tree: Record<string, string>
  readonly input: Record<string, string | boolean>
  readonly expected: { hunks?: { oldStart: number; newStart: number; lines: { raw: string }[] }[] }
}

async function runCase({ tree, input, expected }: Case): Promise<void> {
  const ground = createPlayground()
  try {
    for (const [name, content] of Object.entries(tree)) ground.put(name, content)
    const file_path = String(input['filePath']).replace('$DIR', ground.place.directory)
    const preview =
      input['kind'] === 'write'
        ? await ground.preview('Write', { file_path, content: input['content'] })
        : await ground.preview('Edit', {
            file_path,
            old_string: input['oldString'],
            new_string: input['newString'],
            replace_all: input['replaceAll'],
          })
    if (expected.hunks === undefined) {
      expect(preview.type).to.equal('impossible')
      return
    }
    if (preview.type !== 'diff') throw new Error(`a preview of kind ${preview.type}`)
    // The case shows one line of context, ours three.
    const changed = (texts: string[]): string[] => texts.filter((text) => !text.startsWith(' '))
    expect(changed(preview.hunks.flatMap((hunk) => hunk.lines.flatMap(raw)))).to.deep.equal(
      changed(expected.hunks.flatMap((hunk) => hunk.lines.map((line) => line.raw))),
    )
  } finally {
    await ground.close()
  }
}

describe('A printed difference', () => {
  it('ends with the last line, whether or not the texts end with a line feed', () => {
    const change = ['@@ -1,2 +1,2 @@', '-one', '+two', ' end']
    for (const feed of ['', '\n']) {
      const shown = formatUnifiedDiff('n', `one\nend${feed}`, `two\nend${feed}`)
      expect(shown.split('\n').slice(2)).to.deep.equal(change)
    }
  })

  it('names the label once for each side, on one line', () => {
    expect(formatUnifiedDiff('my\nblock', 'one', 'two').split('\n').slice(0, 2)).to.deep.equal([
      '--- my block',
      '+++ my block',
    ])
  })

  it('shows a new text as added lines only, and an emptied one as removed lines only', () => {
    expect(formatUnifiedDiff('human', '', 'one\ntwo').split('\n').slice(2)).to.deep.equal([
      '@@ -0,0 +1,2 @@',
      '+one',
      '+two',
    ])
    expect(formatUnifiedDiff('human', 'one', '').split('\n').slice(2)).to.deep.equal([
      '@@ -1,1 +0,0 @@',
      '-one',
    ])
  })

  it('keeps three unchanged lines around a change', () => {
    const lines = ['1', '2', '3', '4', '5', '6', '7', '8', '9']
    const after = lines.with(4, 'five')
    expect(
      formatUnifiedDiff('n', lines.join('\n'), after.join('\n')).split('\n').slice(2),
    ).to.deep.equal(['@@ -2,7 +2,7 @@', ' 2', ' 3', ' 4', '-5', '+five', ' 6', ' 7', ' 8'])
  })
})
