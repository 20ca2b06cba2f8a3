import { expect } from 'chai'
import { stripControlCharacters, toTerminalRow } from '../../lib/util/sanitize.ts'

describe('Stripping control characters', () => {
  it('keeps line feeds and tabs, and removes all other C0 and C1 controls', () => {
    const all = String.fromCharCode(...Array.from({ length: 0xa1 }, (_, code) => code))
    const printable = String.fromCharCode(...Array.from({ length: 95 }, (_, code) => code + 32))
    expect(stripControlCharacters(all)).to.equal(`\t\n${printable}\u00a0`)
  })

  it('leaves one row of a text for a list', () => {
    expect(toTerminalRow('a\nb\tc\u2028d\u001be\u202ef\u3000g')).to.equal('a b c def\u3000g')
  })
})
