import { expect } from 'chai'
import { ansiLink, ansiPainter, parseAnsi } from '../../../../ui/view/render/ansi.ts'
import { rgb, styleOf } from '../../../../ui/view/render/style.ts'

const red = styleOf({ fg: rgb(255, 0, 0), bold: true })
const underlined = styleOf({ underline: true, fg: 12 })

describe('Text with SGR sequences', () => {
  it('is parsed to the style with which it was marked', () => {
    const styles = [
      red,
      underlined,
      styleOf({ bg: 4, dim: true, italic: true }),
      styleOf({ bg: rgb(1, 2, 3), bold: true, dim: true, inverse: true, strike: true }),
    ]
    for (const style of styles)
      expect(parseAnsi(`a${ansiPainter(style)('b')}c`)).to.deep.equal([
        { text: 'a', style: styleOf({}) },
        { text: 'b', style },
        { text: 'c', style: styleOf({}) },
      ])
  })

  it('resumes an outer style where an inner one ends', () => {
    const text = ansiPainter(red)(`a${ansiPainter(underlined)('b')}c`)
    expect(parseAnsi(text)).to.deep.equal([
      { text: 'a', style: red },
      { text: 'b', style: styleOf({ fg: 12, bold: true, underline: true }) },
      { text: 'c', style: red },
    ])
  })

  it('may contain the sixteen colors, the palette and resets of other renderers', () => {
    const style = (codes: string) => parseAnsi(`\x1b[${codes}mx`)[0]?.style
    expect(style('31;102')).to.equal(styleOf({ fg: 1, bg: 10 }))
    expect(style('38;5;200;48;2;1;2;3')).to.equal(styleOf({ fg: 200, bg: rgb(1, 2, 3) }))
    expect(style('1;2;3;4;7;9;22;23;24;27;29')).to.equal(styleOf({}))
    expect(style('1;31;0')).to.equal(styleOf({}))
    expect(style('1;31;39;49')).to.equal(styleOf({ bold: true }))
    expect(style('5;6;8;38;5;999;1')).to.equal(styleOf({ bold: true }))
  })

  it('keeps its links', () => {
    expect(parseAnsi(`${ansiLink('https://a.example', 'a')}b`)).to.deep.equal([
      { text: 'a', style: styleOf({ link: 'https://a.example' }) },
      { text: 'b', style: styleOf({}) },
    ])
  })

  it('loses every other control character except line breaks and tabs', () => {
    expect(parseAnsi('a\x07b\x9bc\n\td\x1b[2J')).to.deep.equal([
      { text: 'abc\n\td[2J', style: styleOf({}) },
    ])
  })
})

describe('A style', () => {
  it('is one object for the same attributes', () => {
    expect(styleOf({ fg: 3, bold: true })).to.equal(styleOf({ bold: true, fg: 3 }))
    expect(styleOf({ fg: 3, link: 'x' })).not.to.equal(styleOf({ fg: 3 }))
  })

  it('stays usable when there are more styles than the cache can contain', () => {
    const first = styleOf({ link: 'https://first.example' })
    for (let index = 0; index < 5000; index++) styleOf({ link: `https://${index}.example` })
    expect(styleOf({})).to.equal(styleOf({ bold: false }))
    expect(styleOf({ link: 'https://first.example' })).to.deep.equal(first)
  })
})
