import { expect } from 'chai'
import { foldPath } from '../../lib/fs/fold-path.ts'

describe('The folded form of a path', () => {
  it('is the same for all names that a file system without case takes for one', () => {
    const same = [
      ['.env', '.ENV', '.e\u200cnv', '\ufeff.Env'],
      ['secrets/key', 'Secrets/KEY', '\u017fecret\u017f/\u212aey'],
      ['stra\u00dfe', 'STRASSE', 'Stra\u1e9ee', 'stra\u017fse'],
      ['caf\u00e9', 'CAF\u00c9', 'cafe\u0301', 'CAFE\u0301'],
      ['\ufb01les', 'FILES', 'files'],
      ['\u03c3\u03bf\u03c2', '\u03a3\u039f\u03a3', '\u03c3\u03bf\u03c3'],
    ]
    for (const names of same) expect(new Set(names.map(foldPath)).size, names[0]).to.equal(1)
  })

  it('is the same for every character in both cases', () => {
    const differing: string[] = []
    for (let code = 0; code <= 0x1ffff; code++) {
      if (code >= 0xd800 && code < 0xe000) continue
      const letter = String.fromCodePoint(code)
      const forms = [letter, letter.toUpperCase(), letter.toLowerCase(), letter.normalize('NFD')]
      const folded = new Set(forms.map((form) => foldPath(`a${form}b`)))
      if (folded.size > 1) differing.push(code.toString(16))
    }
    expect(differing).to.deep.equal([])
  })

  it('keeps different names different', () => {
    const names = ['.env', 'env', '.envs', 'a/b', 'ab', 'caf\u00e9', 'cafe']
    expect(new Set(names.map(foldPath)).size).to.equal(names.length)
  })
})
