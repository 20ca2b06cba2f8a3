import { readFileSync } from 'node:fs'
import path from 'node:path'

const TESTS = import.meta.dirname
const list = JSON.parse(readFileSync(path.join(TESTS, 'language/banned-words.json'), 'utf8'))

/** The start of a sentence; the name of a program is not capitalized. */
const START = /^([A-Z]|letta |bin\/)/

/** Banned everywhere, and not in user-visible messages only. */
const BANNED: readonly RegExp[] = list.words
  .filter((word: object) => !('in' in word))
  .map(({ pattern }: { pattern: string }) => new RegExp(pattern))

/** A title with the group titles before it, as a report shows it. */
interface FullTitle {
  readonly file: string
  readonly groups: readonly string[]
  readonly title: string
}

/** Walks over the tests that this run has loaded: in `npm test`, over all. */
describe('The title of every test', () => {
  it('is a sentence that can be read alone', function () {
    const root = rootOf(this.test?.parent)
    const wrong = titlesOf(root).flatMap((title) =>
      defectsOf(title).map((defect) => `${title.file}: ${defect}`),
    )
    if (wrong.length > 0) throw new Error(wrong.join('\n'))
  })
})

function defectsOf({ groups, title }: FullTitle): readonly string[] {
  const full = [...groups, title].join(' ')
  // The title of a case is its id, or a note of its file.
  const prose = groups.at(-1)?.endsWith(' case') === true ? groups.join(' ') : full
  return [
    ...(START.test(full) ? [] : [`"${full}" does not begin with a capital letter`]),
    ...(full.split(/\s+/).length >= 4 ? [] : [`"${full}" has fewer than four words`]),
    ...(/\w[.!]$/.test(full) ? [`"${full}" ends with a full stop`] : []),
    ...BANNED.filter((word) => word.test(prose)).map((word) => `"${full}" uses ${word}`),
  ]
}

function titlesOf(suite: Mocha.Suite, groups: readonly string[] = []): readonly FullTitle[] {
  const own = suite.tests.map(({ title, file }) => {
    return { file: path.relative(TESTS, file ?? ''), groups, title }
  })
  return [...own, ...suite.suites.flatMap((inner) => titlesOf(inner, [...groups, inner.title]))]
}

function rootOf(suite: Mocha.Suite | undefined): Mocha.Suite {
  if (suite === undefined) throw new Error('The test has no suite.')
  return suite.parent === undefined ? suite : rootOf(suite.parent)
}
