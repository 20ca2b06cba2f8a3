import { expect } from 'chai'
import fc from 'fast-check'
import { joinRows, type Row, type RowContent, row, styled } from '../../../../ui/view/render/row.ts'
import { type Style, styleOf } from '../../../../ui/view/render/style.ts'
import * as wrapping from '../../../../ui/view/render/wrap.ts'

const { rowWidth } = wrapping
const bold = styleOf({ bold: true })
const red = styleOf({ fg: 1 })
const boldRed = styleOf({ bold: true, fg: 1 })
const NAMES = new Map<Style, string>([
  [bold, 'bold'],
  [red, 'red'],
  [boldRed, 'bold red'],
])

/** A row with its styles as tags. */
const tagged = (content: Row): string =>
  content
    .map(({ text, style }) => (NAMES.has(style) ? `<${NAMES.get(style)}>${text}</>` : text))
    .join('')
const wrap = (content: RowContent, columns: number, options = {}): readonly string[] =>
  wrapping.wrap(content, columns, options).map(tagged)
const truncate = (content: RowContent, columns: number): string =>
  tagged(wrapping.truncate(content, columns))
const pad = (content: RowContent, columns: number): string => tagged(wrapping.pad(content, columns))
const fitRow = (content: RowContent, columns: number): string =>
  tagged(wrapping.fitRow(content, columns))

describe('Wrapped text', () => {
  it('breaks between words and drops the spaces there', () => {
    expect(wrap('the quick  brown fox', 9)).to.deep.equal(['the quick', 'brown fox'])
    expect(wrap('aaaa ', 4)).to.deep.equal(['aaaa'])
  })

  it('keeps spaces at the start of a line, and empty lines', () => {
    expect(wrap('  a b\n\nc', 4)).to.deep.equal(['  a', 'b', '', 'c'])
  })

  it('breaks a word that is longer than a row', () => {
    expect(wrap('see abcdefghij now', 4)).to.deep.equal(['see', 'abcd', 'efgh', 'ij', 'now'])
  })

  it('breaks between wide characters, never within one', () => {
    expect(wrap('漢字漢字', 5)).to.deep.equal(['漢字', '漢字'])
    expect(wrap('a👩‍👩‍👧b', 3)).to.deep.equal(['a👩‍👩‍👧', 'b'])
  })

  it('has the indent before the first row and the hanging indent before the others', () => {
    expect(wrap('one two\nfour', 6, { indent: '• ' })).to.deep.equal(['• one', '  two', '  four'])
    expect(wrap('one two', 5, { indent: '> ', hang: '> ' })).to.deep.equal(['> one', '> two'])
  })

  it('keeps every space of code, which breaks anywhere', () => {
    expect(wrap('if (x)  y', 4, { breaks: 'anywhere' })).to.deep.equal(['if (', 'x)  ', 'y'])
  })

  it('breaks after blanks and punctuation in code, keeps every space, and is counted without being made', () => {
    const broken = (text: string, columns: number) => {
      const rows = wrap(text, columns, { breaks: 'code' })
      expect(wrapping.countRows(text, columns)).to.equal(rows.length)
      return rows
    }
    expect(broken('one two  three', 8)).to.deep.equal(['one two ', ' three'])
    expect(broken('a xxxxxxxxxx', 8)).to.deep.equal(['a xxxxxx', 'xxxx'])
    expect(broken('漢字 漢字漢字', 9)).to.deep.equal(['漢字 漢字', '漢字'])
    expect(broken('x '.repeat(6_000), 100)).to.have.length(120)
    const line =
      'sortBy((a, b) => a.month.localeCompare(b.month) || a.currency.compare(b.currency))'
    expect(broken(line, 76)).to.deep.equal([line.slice(0, -10), 'currency))'])
    expect(broken('git push --force origin main:release', 29)).to.deep.equal([
      'git push --force origin ',
      'main:release',
    ])
    expect(broken(`${'x'.repeat(30)}.then(${'y'.repeat(9)}.z())`, 40)).to.deep.equal([
      `${'x'.repeat(30)}.`,
      `then(${'y'.repeat(9)}.z())`,
    ])
    expect(broken(`${'漢字'.repeat(6)}a.currency`, 30)[0]).to.equal(`${'漢字'.repeat(6)}a.`)
  })

  it('has a tab stop at every fourth column', () => {
    expect(wrap('\ta\tb', 20)).to.deep.equal(['    a   b'])
  })

  it('keeps the style of each part of a row', () => {
    expect(wrap(row(styled(bold, 'one ', styled(red, 'two')), ' x'), 3)).to.deep.equal([
      '<bold>one</>',
      '<bold red>two</>',
      'x',
    ])
  })

  it('continues a style over line breaks', () => {
    expect(wrap(styled(red, 'a\nb'), 3)).to.deep.equal(['<red>a</>', '<red>b</>'])
  })

  it('is made of a line with tens of thousands of styles', () => {
    const parts = Array.from({ length: 40_000 }, (_, at) => styled(at % 2 === 0 ? red : bold, 'a'))
    expect(wrap(joinRows(parts, ''), 1_000)).to.have.length(40)
  })

  it('does not break a word where only its style changes', () => {
    expect(wrap(row('ab c', styled(bold, 'de')), 4)).to.deep.equal(['ab', 'c<bold>de</>'])
  })

  it('fits into a row that it fills exactly', () => {
    expect(wrap('abcd efgh', 4)).to.deep.equal(['abcd', 'efgh'])
    expect(wrap('abcdefgh', 4, { breaks: 'anywhere' })).to.deep.equal(['abcd', 'efgh'])
    expect(wrap('one two', 7)).to.deep.equal(['one two'])
  })

  it('is never too wide and loses no character', () => {
    const unit = fc.constantFrom('a', 'bc', ' ', '  ', '漢', '👩‍👩‍👧', 'é', '\n')
    const part = fc
      .tuple(fc.string({ unit }), fc.constantFrom(bold, red, null))
      .map(([text, style]) => (style === null ? row(text) : styled(style, text)))
    const text = fc.array(part).map((parts) => row(...parts))
    fc.assert(
      fc.property(
        text,
        fc.integer({ min: 2, max: 12 }),
        fc.constantFrom(undefined, 'anywhere', 'code'),
        (given, columns, breaks) => {
          const rows = wrapping.wrap(given, columns, breaks === undefined ? {} : { breaks })
          for (const one of rows) expect(rowWidth(one), tagged(one)).to.be.at.most(columns)
          const letters = (one: RowContent): string =>
            tagged(row(one)).replace(/[ \n]|<\/>|<[^>]*>/g, '')
          expect(rows.map(letters).join('')).to.equal(letters(given))
        },
      ),
    )
  })

  it('loses no style of a character', () => {
    const rows = wrapping.wrap(row('a ', styled(red, 'bbb ccc'), styled(bold, 'd')), 3)
    const letters = rows.flat().flatMap(({ text, style }) => [...text].map((one) => [one, style]))
    expect(letters.filter(([, style]) => style === red).map(([one]) => one)).to.deep.equal([
      'b',
      'b',
      'b',
      'c',
      'c',
      'c',
    ])
  })
})

describe('A fitted row', () => {
  it('is cut with an ellipsis in the style of its position', () => {
    expect(truncate('abcdef', 4)).to.equal('abc…')
    expect(truncate(row(styled(red, 'abcdef'), 'x'), 4)).to.equal('<red>abc…</>')
    expect(truncate('漢字漢字', 6)).to.equal('漢字…')
    expect(truncate('abc', 3)).to.equal('abc')
    expect(truncate('abc', 0)).to.equal('')
  })

  it('is filled up to the width', () => {
    expect(pad('漢', 4)).to.equal('漢  ')
    expect(fitRow('abcdef', 3)).to.equal('ab…')
    expect(fitRow(styled(bold, 'a'), 3)).to.equal('<bold>a</>  ')
  })

  it('measures only what it can show of a line of any length', () => {
    const emoji = '👨‍👩‍👧'
    expect(truncate('x'.repeat(400_000) + emoji, 4)).to.equal('xxx…')
    expect(truncate(emoji.repeat(100_000), 5)).to.equal(`${emoji}${emoji}…`)
    expect(truncate(`e${'\u0301'.repeat(400_000)}`, 2)).to.match(/^e\u0301+…$/)
    const long = row(styled(red, emoji.repeat(100_000)))
    expect(rowWidth(wrapping.truncate(long, 80))).to.equal(79)
  })

  it('joins several lines', () => {
    expect(truncate('a\nb', 5)).to.equal('a b')
  })
})
