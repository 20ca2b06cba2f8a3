import { expect } from 'chai'
import { toJavaScript } from '../../bin/dev/go-regexp.ts'

describe('A regular expression of Go', () => {
  it('is translated with its flags, classes and names of groups', () => {
    expect(
      [
        '(?i)ab[a-z]',
        'x(?i)a[b-c_]',
        '(?i)a(?-i:B)',
        '[[:alnum:]]',
        '(?P<a>b)',
        '(?s:.)',
        'a\\z',
      ].map(toJavaScript),
    ).to.deep.equal([
      ['ab[a-z]', 'i'],
      ['x[aA][b-cB-C_]', ''],
      ['[aA](?:B)', ''],
      ['[a-zA-Z0-9]', ''],
      ['(b)', ''],
      ['[\\s\\S]', ''],
      ['a(?![\\s\\S])', ''],
    ])
  })

  it('that cannot be translated is an error', () => {
    expect(() => toJavaScript('(?s:a.)')).to.throw('not translated')
  })
})
