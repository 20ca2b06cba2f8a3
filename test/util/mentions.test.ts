import { expect } from 'chai'
import { mentionOf, parseMentions } from '../../lib/util/mentions.ts'

const found = (text: string) =>
  parseMentions(text).map(({ from, to, path, lines, isAttached }) => [
    text.slice(from, to),
    path,
    lines?.join('-') ?? null,
    isAttached,
  ])

describe('The files that a message names', () => {
  it('are words after an @, with lines, quotes and a plus', () => {
    expect(found('see @src/a.ts and (@b.md), @"my file.txt"')).to.deep.equal([
      ['@src/a.ts', 'src/a.ts', null, false],
      ['@b.md', 'b.md', null, false],
      ['@"my file.txt"', 'my file.txt', null, false],
    ])
    expect(found('@a.ts:10-20 @+b.ts @"c d.ts":7 @+src/')).to.deep.equal([
      ['@a.ts:10-20', 'a.ts', '10-20', false],
      ['@+b.ts', 'b.ts', null, true],
      ['@"c d.ts":7', 'c d.ts', '7-7', false],
      ['@+src/', 'src/', null, true],
    ])
  })

  it('are not addresses, single signs, or the end of a sentence', () => {
    expect(found('me@home.org @ @+ "@"')).to.deep.equal([])
    expect(found('Read @a.ts. Then @b.ts:3-1!')).to.deep.equal([
      ['@a.ts', 'a.ts', null, false],
      ['@b.ts:3-1', 'b.ts', '1-3', false],
    ])
  })

  it('are quoted when they contain blanks', () => {
    expect(mentionOf('a.ts', false)).to.equal('@a.ts ')
    expect(mentionOf('src/', true)).to.equal('@+src/')
    expect(mentionOf('my file.txt', true)).to.equal('@+"my file.txt" ')
    expect(mentionOf('my dir/', false)).to.equal('@"my dir/')
  })
})
