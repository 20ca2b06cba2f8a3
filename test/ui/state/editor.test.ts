import { expect } from 'chai'
import fc from 'fast-check'
import * as edit from '../../../ui/state/editor.ts'
import { editorRows, rowTexts } from '../../../ui/view/render/wrap-editor.ts'
import { collectGarbage } from '../../support/collect-garbage.ts'

type Operation = (editor: edit.TextEditor) => edit.TextEditor

/** A text with `|` at the cursor. */
const at = (marked: string): edit.TextEditor => {
  const cursor = marked.indexOf('|')
  return { ...edit.createEditor(marked.replace('|', '')), cursor }
}
const marked = ({ text, cursor }: edit.TextEditor): string =>
  `${text.slice(0, cursor)}|${text.slice(cursor)}`
const resultOf = (before: string, ...operations: readonly Operation[]): string =>
  marked(operations.reduce((editor, operation) => operation(editor), at(before)))
const type =
  (text: string): Operation =>
  (editor) =>
    [...text].reduce(edit.insert, editor)

describe('The text editor', () => {
  it('inserts at the cursor, a paste at once', () => {
    expect(resultOf('ac|e', type('d'))).to.equal('acd|e')
    expect(resultOf('a|', (editor) => edit.insert(editor, '1\n2\n3'))).to.equal('a1\n2\n3|')
  })

  it('goes to the ends of the text, swaps characters, and changes the case of a word', () => {
    expect(resultOf('one\nt|wo', edit.moveToStart)).to.equal('|one\ntwo')
    expect(resultOf('o|ne\ntwo', edit.moveToEnd)).to.equal('one\ntwo|')
    expect(resultOf('ab|c', edit.transpose)).to.equal('acb|')
    expect(resultOf('ab|', edit.transpose)).to.equal('ba|')
    expect(resultOf('ab\n|cd', edit.transpose)).to.equal('ab\n|cd')
    expect(resultOf('|a', edit.transpose)).to.equal('|a')
    expect(
      resultOf('a |bc d', (editor) => edit.changeWord(editor, (word) => word.toUpperCase())),
    ).to.equal('a BC| d')
  })

  it('treats a visible character as one', () => {
    const family = '👨‍👩‍👧‍👦'
    const cases = [
      family,
      '🇵🇹',
      '👍🏽',
      'e\u0301',
      '漢',
      'ก\u0e33'.slice(0, 1),
      '\u1112\u1161\u11ab',
    ]
    for (const cluster of cases) {
      expect(resultOf(`a${cluster}|b`, edit.moveLeft)).to.equal(`a|${cluster}b`)
      expect(resultOf(`a|${cluster}b`, edit.moveRight)).to.equal(`a${cluster}|b`)
      expect(resultOf(`a${cluster}|b`, edit.deleteBack)).to.equal('a|b')
      expect(resultOf(`a|${cluster}b`, edit.deleteForward)).to.equal('a|b')
    }
  })

  it('stays in place at the ends', () => {
    for (const operation of [edit.moveLeft, edit.deleteBack, edit.moveWordLeft])
      expect(resultOf('|ab', operation)).to.equal('|ab')
    for (const operation of [edit.moveRight, edit.deleteForward, edit.moveWordRight])
      expect(resultOf('ab|', operation)).to.equal('ab|')
  })

  it('moves and deletes by words', () => {
    expect(resultOf('one  two|', edit.moveWordLeft)).to.equal('one  |two')
    expect(resultOf('one  |two', edit.moveWordLeft)).to.equal('|one  two')
    expect(resultOf('one|  two', edit.moveWordRight)).to.equal('one  two|')
    expect(resultOf('one two|', edit.deleteWordBack)).to.equal('one |')
    expect(resultOf('|one two', edit.deleteWordForward)).to.equal('| two')
  })

  it('deletes to the ends of a line, then the line break', () => {
    expect(resultOf('a\nb c|d\ne', edit.deleteToLineStart)).to.equal('a\n|d\ne')
    expect(resultOf('a\n|d\ne', edit.deleteToLineStart)).to.equal('a|d\ne')
    expect(resultOf('a\nb| cd\ne', edit.deleteToLineEnd)).to.equal('a\nb|\ne')
    expect(resultOf('a\nb|\ne', edit.deleteToLineEnd)).to.equal('a\nb|e')
  })

  it('restores what was deleted by word or line', () => {
    expect(resultOf('one two|', edit.deleteWordBack, edit.moveToLineStart, edit.yank)).to.equal(
      'two|one ',
    )
  })

  it('undoes and redoes typing word by word', () => {
    const typed = type('two words')(at('|'))
    const once = edit.undo(typed)
    expect(marked(once)).to.equal('two |')
    expect(marked(edit.undo(edit.undo(once)))).to.equal('|')
    expect(marked(edit.redo(once))).to.equal('two words|')
    expect(marked(edit.redo(type('!')(once)))).to.equal('two !|')
  })

  it('moves by wrapped rows, and keeps the column', () => {
    const up = (before: string, columns?: number) => {
      const moved = edit.moveByLine(at(before), -1, columns)
      return moved === null ? null : marked(moved)
    }
    const down = (before: string, columns?: number) => {
      const moved = edit.moveByLine(at(before), 1, columns)
      return moved === null ? null : marked(moved)
    }
    expect(up('long line\nab|c')).to.equal('lo|ng line\nabc')
    expect(down('lon|g\na\nb')).to.equal('long\na|\nb')
    expect(up('a|b\nc')).to.equal(null)
    expect(down('ab\nc|')).to.equal(null)
    expect(down('one t|wo three four', 9)).to.equal('one two three| four')
    expect(up('one two three| four', 9)).to.equal('one t|wo three four')
    expect(down('漢字漢|字\nabcdefg')).to.equal('漢字漢字\nabcdef|g')
    expect(down('abcd|\nab\nabcd')).to.equal('abcd\nab|\nabcd')
  })

  it('keeps the cursor on its row where a line is wrapped without a space', () => {
    const moved = edit.moveByLine(at('ab\n12|3456789'), -1, 5)
    expect(moved && marked(moved)).to.equal('ab|\n123456789')
    const within = edit.moveByLine(at('1234\n5678|'), -1, 5)
    expect(within && marked(within)).to.equal('1234|\n5678')
    const long = edit.moveByLine(at('12345678|'), -1, 5)
    expect(long && marked(long)).to.equal('123|45678')
  })

  it('stays fast with ten thousand lines', () => {
    const text = Array.from({ length: 10_000 }, (_, line) => `line ${line}`).join('\n')
    const editor = type('x')(edit.createEditor(text))
    const { starts, caret } = editorRows(editor.text, editor.cursor, 80)
    expect([starts.length, caret]).to.deep.equal([10_000, { row: 9_999, column: 10 }])
  })
})

function shownRows(text: string, cursor: number, columns: number) {
  const { starts, caret, ...found } = editorRows(text, cursor, columns)
  return { rows: rowTexts({ starts, ...found }), starts, caret }
}

describe('The rows of an edited text', () => {
  it('wrap at words, and within words that are longer than a row', () => {
    expect(shownRows('one two three', 13, 9)).to.deep.equal({
      rows: ['one two ', 'three'],
      starts: [0, 8],
      caret: { row: 1, column: 5 },
    })
    expect(shownRows('abcdefghij', 0, 5).rows).to.deep.equal(['abcd', 'efgh', 'ij'])
  })

  it('never split wide characters, and count them in the caret', () => {
    expect(shownRows('漢字漢字', 4, 6)).to.deep.equal({
      rows: ['漢字', '漢字'],
      starts: [0, 2],
      caret: { row: 1, column: 4 },
    })
  })

  it('are the same after an edit as of a text that is new', () => {
    const words = fc.constantFrom(
      'a',
      'bcd',
      'efghijk',
      ' ',
      '  ',
      '\n',
      '漢',
      '\u0301',
      '😀',
      '🇩🇪',
      '\u200d',
    )
    const text = fc.array(words, { maxLength: 40 }).map((parts) => parts.join(''))
    const columns = fc.integer({ min: 2, max: 12 })
    fc.assert(
      fc.property(text, text, text, text, columns, (start, removed, inserted, end, width) => {
        const edited = start + inserted + end
        editorRows(start + removed + end, 0, width)
        const after = shownRows(edited, 0, width)
        // Four other texts take the place of all that is known.
        for (let other = 1; other <= 4; other++) editorRows('other', 0, 100 + other)
        expect(after).to.deep.equal(shownRows(edited, 0, width))
      }),
      { numRuns: 2000 },
    )
  })

  it('are not computed again where an edit of a long line has changed nothing', () => {
    const line = 'Lorem ipsum 日本 dolor. '.repeat(50_000)
    const before = editorRows(line, 0, 80)
    const after = editorRows(`${line.slice(0, 600_000)}x${line.slice(600_000)}`, 0, 80)
    expect(after.starts.length - before.starts.length).to.be.within(0, 1)
    const { user } = process.cpuUsage()
    for (let key = 1; key <= 10; key++) {
      editorRows(`${line.slice(0, 600_000)}${'x'.repeat(key + 1)}${line.slice(600_000)}`, 0, 80)
    }
    const milliseconds = (process.cpuUsage().user - user) / 10_000
    expect(milliseconds).to.be.below(30)
  })

  it('keep no earlier version of a long text in memory', async () => {
    let text = 'Lorem ipsum dolor sit amet. '.repeat(50_000)
    const rows = () => shownRows(text, text.length, 80).rows.at(-1)
    rows()
    await collectGarbage()
    const before = process.memoryUsage().heapUsed
    for (let row = 0; row < 30; row++) {
      text += 'A row that was typed at the end, and is not changed again. '
      rows()
    }
    await collectGarbage()
    expect(process.memoryUsage().heapUsed - before).to.be.below(10_000_000)
  })

  it('show a tab as two spaces', () => {
    expect(shownRows('\ta', 1, 20)).to.deep.equal({
      rows: ['  a'],
      starts: [0],
      caret: { row: 0, column: 2 },
    })
  })

  it('include an empty text and an empty last line', () => {
    expect(shownRows('', 0, 10).rows).to.deep.equal([''])
    expect(shownRows('a\n', 2, 10)).to.deep.equal({
      rows: ['a', ''],
      starts: [0, 2],
      caret: { row: 1, column: 0 },
    })
  })
})
