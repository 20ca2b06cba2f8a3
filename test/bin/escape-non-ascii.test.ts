import { expect } from 'chai'

const file = new URL('../../bin/escape-non-ascii.mjs', import.meta.url)
const { escapeNonAscii } = (await import(file.href)) as { escapeNonAscii(code: string): string }

describe('A program whose characters beyond ASCII are escaped', () => {
  for (const [code, text] of [
    ['/^\\d+→/', '1→'],
    ['/[│▌] … /', '▌ … '],
    ['/^[\\—é]$/', '—'],
    ['/^\\\\é$/', '\\é'],
    ['/^[😀-😂]$/u', '😁'],
    ['/^(?:超过|長)$/', '超过'],
  ] as const) {
    it(`matches ${JSON.stringify(text)} by ${code}`, () => {
      const escaped = escapeNonAscii(code)
      expect(escaped).to.match(/^[\0-\x7f]+$/)
      expect(new RegExp(...partsOf(escaped)).test(text)).to.equal(true)
      expect(new RegExp(...partsOf(escaped)).test('other')).to.equal(false)
    })
  }
})

/** The pattern and the flags of a regular expression literal. */
function partsOf(literal: string): [string, string] {
  const end = literal.lastIndexOf('/')
  return [literal.slice(1, end), literal.slice(end + 1)]
}
