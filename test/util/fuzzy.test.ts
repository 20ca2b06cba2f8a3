import { expect } from 'chai'
import { fuzzyMatch, fuzzyMatchWords } from '../../lib/util/fuzzy.ts'

/** The text with the matched letters in brackets. */
const marked = (text: string, query: string): string | null => {
  const match = fuzzyMatch(text, query)
  if (match === null) return null
  return [...text].map((letter, at) => (match.at.includes(at) ? `[${letter}]` : letter)).join('')
}

const best = (query: string, ...texts: readonly string[]): string | undefined =>
  texts.toSorted(
    (one, other) => (fuzzyMatch(other, query)?.score ?? 0) - (fuzzyMatch(one, query)?.score ?? 0),
  )[0]

describe('A search by letters', () => {
  it('finds letters in their order, in any case, and names their places', () => {
    expect(marked('src/App.tsx', 'sapp')).to.equal('[s]rc/[A][p][p].tsx')
    expect(marked('README.md', 'rdm')).to.equal('[R]EA[D][M]E.md')
    expect(marked('README.md', 'mr')).to.equal(null)
    expect(fuzzyMatch('anything', '')).to.deep.equal({ score: 0, at: [] })
  })

  it('prefers the last part of a path, the start of words, and letters in a row', () => {
    expect(best('edit', 'editor/view.ts', 'src/editor.ts')).to.equal('src/editor.ts')
    expect(best('cc', 'lib/accept.ts', 'ui/completion-controller.ts')).to.equal(
      'ui/completion-controller.ts',
    )
    expect(best('comp', 'cat/on/my/plate.ts', 'ui/composer.ts')).to.equal('ui/composer.ts')
    expect(best('fm', 'form.ts', 'FuzzyMatch.ts')).to.equal('FuzzyMatch.ts')
  })

  it('finds words in any order', () => {
    expect(fuzzyMatchWords('Choose model', 'mod cho')?.at).to.deep.equal([0, 1, 2, 7, 8, 9])
    expect(fuzzyMatchWords('Choose model', 'mod xyz')).to.equal(null)
  })

  it('keeps the places of letters whose small form is longer', () => {
    expect(marked('İİ/app.ts', 'app')).to.equal('İİ/[a][p][p].ts')
  })
})
