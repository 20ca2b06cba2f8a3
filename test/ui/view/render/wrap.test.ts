import { expect } from 'chai'
import fc from 'fast-check'
import { stripStyles } from '../../../../ui/view/render/sgr.ts'
import { fitRow, pad, rowWidth, truncate, wrap } from '../../../../ui/view/render/wrap.ts'

const BOLD = '\x1b[1m'
const PLAIN = '\x1b[22m'
const RED = '\x1b[31m'
const NO_COLOUR = '\x1b[39m'

describe('wrap', () => {
  it('breaks between words and drops the blanks there', () => {
    expect(wrap('the quick  brown fox', 9)).to.deep.equal(['the quick', 'brown fox'])
    expect(wrap('aaaa ', 4)).to.deep.equal(['aaaa'])
  })

  it('keeps blanks that begin a line, and empty lines', () => {
    expect(wrap('  a b\n\nc', 4)).to.deep.equal(['  a', 'b', '', 'c'])
  })

  it('breaks a word that is longer than a row', () => {
    expect(wrap('see abcdefghij now', 4)).to.deep.equal(['see', 'abcd', 'efgh', 'ij', 'now'])
  })

  it('breaks between wide characters, never inside one', () => {
    expect(wrap('漢字漢字', 5)).to.deep.equal(['漢字', '漢字'])
    expect(wrap('a👩‍👩‍👧b', 3)).to.deep.equal(['a👩‍👩‍👧', 'b'])
  })

  it('puts the indent before the first row and the hang before the others', () => {
    expect(wrap('one two\nfour', 6, { indent: '• ' })).to.deep.equal(['• one', '  two', '  four'])
    expect(wrap('one two', 5, { indent: '> ', hang: '> ' })).to.deep.equal(['> one', '> two'])
  })

  it('keeps every blank of code and breaks it anywhere', () => {
    expect(wrap('if (x)  y', 4, { anywhere: true })).to.deep.equal(['if (', 'x)  ', 'y'])
  })

  it('sets tabs on every fourth column', () => {
    expect(wrap('\ta\tb', 20)).to.deep.equal(['    a   b'])
  })

  it('ends and resumes styles at row ends, so that each row stands alone', () => {
    expect(wrap(`${BOLD}one ${RED}two${NO_COLOUR}${PLAIN} x`, 3)).to.deep.equal([
      `${BOLD}one${PLAIN}`,
      `${RED}${BOLD}two${NO_COLOUR}${PLAIN}`,
      'x',
    ])
  })

  it('carries a style over line breaks', () => {
    expect(wrap(`${RED}a\nb${NO_COLOUR}`, 3)).to.deep.equal([
      `${RED}a${NO_COLOUR}`,
      `${RED}b${NO_COLOUR}`,
    ])
  })

  it('does not break a word where only its style changes', () => {
    expect(wrap(`ab c${BOLD}de${PLAIN}`, 4)).to.deep.equal(['ab', `c${BOLD}de${PLAIN}`])
  })

  it('carries links over row ends', () => {
    const on = '\x1b]8;;https://a.example\x1b\\'
    const off = '\x1b]8;;\x1b\\'
    expect(wrap(`${on}one two${off}`, 3)).to.deep.equal([`${on}one${off}`, `${on}two${off}`])
  })

  it('drops every other sequence', () => {
    expect(wrap('a\x1b]0;t\x07b\x9bc', 20)).to.deep.equal(['a]0;tbc'])
  })

  it('never makes a row too wide nor loses a letter', () => {
    const text = fc.string({
      unit: fc.constantFrom(
        'a',
        'bc',
        ' ',
        '  ',
        '漢',
        '👩‍👩‍👧',
        'é',
        BOLD,
        PLAIN,
        RED,
        NO_COLOUR,
        '\n',
      ),
    })
    fc.assert(
      fc.property(
        text,
        fc.integer({ min: 2, max: 12 }),
        fc.boolean(),
        (styled, columns, anywhere) => {
          const rows = wrap(styled, columns, { anywhere })
          for (const row of rows) expect(rowWidth(row), row).to.be.at.most(columns)
          const letters = (one: string): string => stripStyles(one).replace(/[ \n]/g, '')
          expect(letters(rows.join(''))).to.equal(letters(styled))
        },
      ),
    )
  })
})

describe('truncate, pad, fitRow', () => {
  it('cut with an ellipsis in the style of the place', () => {
    expect(truncate('abcdef', 4)).to.equal('abc…')
    expect(truncate(`${RED}abcdef${NO_COLOUR}`, 4)).to.equal(`${RED}abc…${NO_COLOUR}`)
    expect(truncate('漢字漢字', 6)).to.equal('漢字…')
    expect(truncate('abc', 3)).to.equal('abc')
    expect(truncate('abc', 0)).to.equal('')
  })

  it('fill up to the width', () => {
    expect(pad('漢', 4)).to.equal('漢  ')
    expect(fitRow('abcdef', 3)).to.equal('ab…')
    expect(fitRow(`${BOLD}a${PLAIN}`, 3)).to.equal(`${BOLD}a${PLAIN}  `)
  })

  it('make one row of several lines', () => {
    expect(truncate('a\nb', 5)).to.equal('a b')
  })
})
