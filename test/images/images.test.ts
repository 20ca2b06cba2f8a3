import { readFileSync } from 'node:fs'
import { expect } from 'chai'
import glob from 'fast-glob'
import { PAGES } from '../../ui/state/pages.ts'
import { pageTitles } from '../../ui/view/messages/panes.ts'
import { DARK, stillImage } from './terminal-svg.ts'

const IMAGES = new URL('../../docs/images/', import.meta.url).pathname
const RUN = {
  text: '  two words   apart ',
  width: 20,
  fg: null,
  bg: null,
  bold: false,
  dim: false,
  italic: false,
  underline: false,
  inverse: false,
}

describe('An image of the program', () => {
  it('places the words on both sides of wide blanks each at its column, because browsers collapse blanks', () => {
    const image = stillImage({ columns: 20, rows: 1, label: 'test', colors: DARK }, [[RUN]])
    expect(textsOf(image)).to.deep.equal([
      { x: 30.8, width: 75.6, text: 'two words' },
      { x: 131.6, width: 42, text: 'apart' },
    ])
  })

  for (const name of glob.sync('*.svg', { cwd: IMAGES }))
    it(`shows all pages of the header as the program names them today: ${name}`, () => {
      const texts = textsOf(readFileSync(`${IMAGES}${name}`, 'utf8')).map(({ text }) => text)
      for (const { id } of PAGES)
        expect(
          texts.some((text) => text.includes(pageTitles[id])),
          pageTitles[id],
        ).to.equal(true)
    })
})

function textsOf(image: string): { x: number; width: number; text: string }[] {
  return [...image.matchAll(/<text x="([\d.]+)"[^>]* textLength="([\d.]+)"[^>]*>([^<]*)</g)].map(
    ([, x, width, text = '']) => ({ x: Number(x), width: Number(width), text }),
  )
}
