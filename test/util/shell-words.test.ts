import { expect } from 'chai'
import { shellWords } from '../../lib/util/shell-words.ts'

describe('Words that are quoted as in a shell', () => {
  it('are separated by blanks, without their quotes', () => {
    expect(shellWords('code --wait')).to.deep.equal(['code', '--wait'])
    expect(shellWords(`"/a b/ed" '-x y' c\\ d e"f g"h ''`)).to.deep.equal([
      '/a b/ed',
      '-x y',
      'c d',
      'ef gh',
      '',
    ])
    expect(shellWords('"a \\"b\\""')).to.deep.equal(['a "b"'])
    expect(shellWords('  ')).to.deep.equal([])
  })
})
