import { expect } from 'chai'
import { makeStyles, parseTheme } from '../../../../ui/theme/theme.ts'
import {
  highlight,
  languageOf,
  loadHighlighter,
} from '../../../../ui/view/render/highlight-code.ts'
import { stripStyles } from '../../../../ui/view/render/sgr.ts'

const theme = { styles: { codeKeyword: { bold: true }, codeComment: { italic: true } } }
const styles = makeStyles(
  parseTheme(theme, 'test', () => undefined),
  'truecolor',
)

describe('code', () => {
  before(loadHighlighter)

  it('is coloured by the roles of the theme, each line on its own', () => {
    expect(highlight('const a\n/* b\nc */', 'typescript', styles)).to.deep.equal([
      '\x1b[1mconst\x1b[22m a',
      '\x1b[3m/* b\x1b[23m',
      '\x1b[3mc */\x1b[23m',
    ])
  })

  it('is plain in a language that is unknown or not named', () => {
    expect(highlight('const a', 'klingon', styles)).to.deep.equal(['const a'])
    expect(highlight('const a', '', styles)).to.deep.equal(['const a'])
  })

  it('is plain when it is too long to colour within a frame', () => {
    expect(highlight('const a\n'.repeat(400), 'ts', styles)[0]).to.equal('const a')
    expect(highlight(`const ${'a'.repeat(30_000)}`, 'ts', styles)[0]).to.match(/^const a/)
  })

  it('keeps every letter, markup and entities too', () => {
    const code = '<a href="x">&lt;{b}</a> \\x1b'
    for (const language of ['html', 'ts', 'bash', 'python', 'json', 'yaml', 'markdown', 'css'])
      expect(highlight(code, language, styles).map(stripStyles), language).to.deep.equal([code])
  })

  it('is coloured once', () => {
    expect(highlight('const b', 'ts', styles)).to.equal(highlight('const b', 'ts', styles))
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
