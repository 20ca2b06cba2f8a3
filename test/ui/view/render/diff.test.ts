import { expect } from 'chai'
import fc from 'fast-check'
import { diffHunks, type Hunk } from '../../../../lib/util/unified-diff.ts'
import { renderDiff } from '../../../../ui/view/render/diff.ts'
import type { DiffPreview } from '../../../../ui/view/render/diff-page.ts'
import type { Formatter } from '../../../../ui/view/render/formatter.ts'
import type { Row } from '../../../../ui/view/render/row.ts'
import { rowWidth } from '../../../../ui/view/render/wrap.ts'
import { markup, namedStyles, PLAIN, textOf } from '../rows.ts'

const NAMED = { styles: namedStyles, formatter: null }

function previewOf(before: string, after: string, more: Partial<DiffPreview> = {}): DiffPreview {
  const diff = diffHunks(before, after)
  return { type: 'diff', path: 'notes.txt', created: false, remark: null, ...diff, ...more }
}

const rows = (preview: DiffPreview, columns = 60): readonly string[] =>
  textOf(renderDiff(preview, columns, PLAIN).rows).map((row) => row.trimEnd())

/** Without the blanks that carry the background to the edge. */
const lastTwo = (all: readonly Row[]): readonly string[] =>
  all.slice(-2).map((row) => markup(row).replace(/ +<\/>$/, '</>'))

describe('A diff', () => {
  it('has a header, hunk headers, old and new numbers and signs', () => {
    const before = 'one\ntwo\nthree\n'
    const preview = previewOf(before, 'one\n2\nthree\nfour\n', {
      remark: 'line endings kept: CRLF',
    })
    expect(rows(preview)).to.deep.equal([
      'notes.txt +2 −1',
      'line endings kept: CRLF',
      '@@ -1,3 +1,4 @@',
      '1 1   one',
      '2   - two',
      '  2 + 2',
      '3 3   three',
      '  4 + four',
    ])
  })

  it('keeps the rows of those that were shown last, and not of each change of a conversation', () => {
    const first = previewOf('', 'first\n')
    const known = renderDiff(first, 60, PLAIN)
    for (let change = 0; change < 10; change++) renderDiff(previewOf('', `${change}\n`), 60, PLAIN)
    expect(renderDiff(first, 60, PLAIN)).to.equal(known)
    for (let change = 0; change < 20; change++) renderDiff(previewOf('', `${change}\n`), 60, PLAIN)
    const again = renderDiff(first, 60, PLAIN)
    expect(again).to.not.equal(known)
    expect(textOf(again.rows)).to.deep.equal(textOf(known.rows))
  })

  it('shows that a file is new, and spells out its path', () => {
    const preview = previewOf('', 'a\n', { created: true, path: 'a\u202egpj.ts' })
    expect(rows(preview)).to.deep.equal(['a\\u202egpj.ts new file +1', '1 + a'])
  })

  it('reports where its hunks begin', () => {
    const lines = Array.from({ length: 40 }, (_, index) => `line ${index}\n`)
    const preview = previewOf(
      lines.join(''),
      lines.join('').replace('line 3\n', 'x\n').replace('line 30\n', 'y\n'),
    )
    const sheet = renderDiff(preview, 80, PLAIN)
    expect(textOf(sheet.hunkRows.map((row) => sheet.rows[row] ?? []))).to.deep.equal([
      '@@ -1,7 +1,7 @@',
      '@@ -28,7 +28,7 @@',
    ])
  })

  it('marks the changed words of lines that belong together', () => {
    const sheet = renderDiff(previewOf('let a = old + 1\n', 'let a = new + 1\n'), 40, NAMED)
    expect(lastTwo(sheet.rows)).to.deep.equal([
      '<diffNumber>1 </><diffRemoved>- let a = </><diffRemovedWord>old</><diffRemoved> + 1</>',
      '<diffNumber>1 </><diffAdded>+ let a = </><diffAddedWord>new</><diffAdded> + 1</>',
    ])
  })

  it('marks no words in lines that have nothing in common', () => {
    const sheet = renderDiff(previewOf('alpha beta\n', 'gamma delta\n'), 40, NAMED)
    expect(lastTwo(sheet.rows)).to.deep.equal([
      '<diffNumber>1 </><diffRemoved>- alpha beta</>',
      '<diffNumber>1 </><diffAdded>+ gamma delta</>',
    ])
  })

  it('shows changes of whitespace', () => {
    expect(rows(previewOf('\tif (a)\n', '  if (a) \n')).slice(2)).to.deep.equal([
      '1   - →   if·(a)',
      '  1 + ··if·(a)·',
    ])
    expect(rows(previewOf('a\n', 'a\nb \t\n')).slice(3)).to.deep.equal(['  2 + b·→'])
  })

  it('expands tabs, and spells out invisible characters', () => {
    expect(rows(previewOf('', '\ta\tb\n/*\u2066*/ \x1b[31m ❤️\n')).slice(2)).to.deep.equal([
      '1 +     a   b',
      '2 + /*\\u2066*/ \\x1b[31m ❤️',
    ])
  })

  it('wraps long lines after a gutter that repeats the sign, but not the number', () => {
    expect(rows(previewOf('', 'abcdefghijklmnopqrst\n'), 18).slice(2)).to.deep.equal([
      '1 + abcdefghijklmn',
      '  + opqrst',
    ])
  })

  it('has one column of numbers where space is scarce', () => {
    expect(rows(previewOf('a\nb\n', 'a\nc\n'), 30).slice(2)).to.deep.equal([
      '1   a',
      '2 - b',
      '2 + c',
    ])
  })

  it('shows that a last line has no line feed', () => {
    expect(rows(previewOf('a\n', 'a')).slice(2)).to.deep.equal([
      '1   - a',
      '  1 + a',
      '    \\ No newline at end of file',
    ])
  })

  it('is rendered once for a preview and a width', () => {
    const preview = previewOf('a\n', 'b\n')
    expect(renderDiff(preview, 60, PLAIN)).to.equal(renderDiff(preview, 60, PLAIN))
    expect(renderDiff(preview, 60, PLAIN)).not.to.equal(renderDiff(preview, 61, PLAIN))
  })

  it('knows its rows before they are rendered, in each view', () => {
    const word = fc.constantFrom(
      '',
      'a',
      '\t',
      ' ',
      '  ',
      '\r',
      'é',
      'Ж',
      '漢字',
      '한',
      '\u202e',
      '\u00a0',
      '😀',
      'word ',
    )
    const line = fc.array(word, { maxLength: 9 }).map((words) => words.join(''))
    const text = fc.array(line, { maxLength: 12 }).map((lines) => lines.join('\n'))
    const views = fc.record({
      isSplit: fc.boolean(),
      isWrapped: fc.boolean(),
      showsBlanks: fc.boolean(),
    })
    const widths = fc.constantFrom(20, 31, 101, 140)
    fc.assert(
      fc.property(text, text, widths, views, (before, after, columns, view) => {
        const sheet = renderDiff(previewOf(before, after), columns, { ...PLAIN, view })
        const all = textOf(sheet.rows)
        expect(all.length).to.equal(sheet.count)
        for (const row of sheet.hunkRows) expect(all[row]).to.match(/^@@ /)
        for (let changed = 0; changed < sheet.changedCount; changed++) {
          const first = sheet.rowOfChangedLine(changed)
          expect(all[first]).to.match(/[+-] /)
          expect(sheet.changedLinesAt(first)).to.include(changed)
          expect(sheet.changedLinesAt(sheet.endOfChangedLine(changed))).not.to.include(changed)
        }
      }),
      { numRuns: 200 },
    )
  })

  it('names in the header of a hunk what it is in, in the room that there is, unless a line below says it', () => {
    const before = ['export function run(state) {', ...'abcdefghijk'].join('\n  ')
    const header = (letter: string, columns: number): string | undefined => {
      const preview = previewOf(before, before.replace(`${letter}\n`, 'new\n'))
      return textOf(renderDiff(preview, columns, PLAIN).rows).find((line) => line.startsWith('@@'))
    }
    expect(header('i', 80)).to.match(/ @@ export function run\(state\) \{$/)
    expect(header('i', 30)).to.match(/ @@ export func.*…$/)
    expect(header('b', 80)).to.match(/ @@$/)
  })

  it('of 100,000 lines renders only those that are visible', () => {
    let rendered = 0
    const hunk = (at: number): Hunk => ({
      oldStart: at,
      newStart: at,
      lines: Array.from({ length: 50 }, (_, index) => ({
        type: 'removed',
        text: `line ${at + index}`,
        oldNumber: at + index,
        newNumber: null,
      })),
    })
    const hunks = Array.from({ length: 2_000 }, (_, at) => hunk(at * 50 + 1))
    const formatter: Formatter = {
      markdown: () => [],
      code(code) {
        const shown = code.split('\n')
        rendered += shown.length
        return shown.map((text) => [{ text, style: PLAIN.styles.text }])
      },
    }
    const options = { ...PLAIN, formatter }
    const preview: DiffPreview = { ...previewOf('', ''), path: 'a.ts', hunks, removed: 100_000 }
    const sheet = renderDiff(preview, 80, options)
    expect(sheet.count).to.equal(102_001)
    expect(rendered).to.equal(0)
    expect(textOf(sheet.slice(50_000, 50_040)).length).to.equal(40)
    expect(rendered).to.be.at.most(200)
  })

  it('renders any part like the complete diff, and no row too wide', () => {
    const line = fc.constantFrom(
      '',
      'a',
      '\tb c',
      'word '.repeat(12),
      '漢字'.repeat(20),
      '  ',
      'x\u200by',
      '👩‍👩‍👧 e',
    )
    const text = fc.array(line, { maxLength: 12 }).map((lines) => lines.join('\n'))
    fc.assert(
      fc.property(
        text,
        text,
        fc.integer({ min: 20, max: 90 }),
        fc.nat(30),
        (before, after, columns, from) => {
          const preview = previewOf(before, after)
          const part = renderDiff(preview, columns, PLAIN).slice(from, from + 5)
          const complete = renderDiff({ ...preview }, columns, PLAIN)
          expect(complete.rows.length).to.equal(complete.count)
          expect(part).to.deep.equal(complete.rows.slice(from, from + 5))
          for (const row of complete.rows) expect(rowWidth(row), markup(row)).to.be.at.most(columns)
        },
      ),
    )
  })
})
