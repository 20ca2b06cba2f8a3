import { expect } from 'chai'
import { languageOf, loadHighlighter } from '../../../../ui/view/render/highlight-code.ts'
import type { Row } from '../../../../ui/view/render/row.ts'
import { markup, namedStyles, textOf } from '../rows.ts'

describe('Highlighted code', () => {
  let highlight: (code: string, language: string) => readonly Row[]
  before(async () => {
    const code = await loadHighlighter()
    highlight = (text, language) => code(text, language, namedStyles)
  })

  it('is colored by the roles of the theme, each line separately', () => {
    expect(highlight('const a\n/* b\nc */', 'typescript').map(markup)).to.deep.equal([
      '<codeKeyword>const</> a',
      '<codeComment>/* b</>',
      '<codeComment>c */</>',
    ])
  })

  it('is plain in an unknown or unnamed language', () => {
    expect(highlight('const a', 'klingon').map(markup)).to.deep.equal(['const a'])
    expect(highlight('const a', '').map(markup)).to.deep.equal(['const a'])
  })

  it('is plain when it is too long to color within a frame', () => {
    expect(highlight('const a\n'.repeat(400), 'ts').map(markup)[0]).to.equal('const a')
    expect(highlight(`const ${'a'.repeat(30_000)}`, 'ts').map(markup)[0]).to.match(/^const a/)
  })

  it('keeps every character, including markup and entities', () => {
    const code = '<a href="x">&lt;{b}</a> \\x1b'
    for (const language of ['html', 'ts', 'bash', 'python', 'json', 'yaml', 'markdown', 'css'])
      expect(textOf(highlight(code, language)), language).to.deep.equal([code])
  })

  it('is highlighted once for the same text', () => {
    expect(highlight('const b', 'ts')).to.equal(highlight('const b', 'ts'))
  })

  it('has the language of its file', () => {
    const names = [
      'src/app.ts',
      'Dockerfile',
      'x/Makefile',
      'a.test.PY',
      'notes.txt',
      'LICENSE',
      '.bashrc',
    ]
    expect(names.map(languageOf)).to.deep.equal([
      'typescript',
      'dockerfile',
      'makefile',
      'python',
      '',
      '',
      '',
    ])
  })
})
