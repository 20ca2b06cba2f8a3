import { readFileSync } from 'node:fs'
import path from 'node:path'
import { expect } from 'chai'
import fastGlob from 'fast-glob'
import { bannedWordsIn } from '../../bin/dev/banned-words.ts'
import { packageRoot } from '../../lib/fs/package-root.ts'

const list = JSON.parse(
  readFileSync(path.join(packageRoot(), 'test/language/banned-words.json'), 'utf8'),
)

const WORDS = [
  { pattern: '\\banew\\b', use: 'again' },
  { pattern: '\\bkept\\b', use: 'saved', in: ['messages'] as const },
]

function found(file: string, ...lines: readonly string[]): readonly string[] {
  return bannedWordsIn(file, lines.join('\n'), WORDS).map(({ line, word }) => `${line}: ${word}`)
}

describe('The check of banned words', () => {
  it('reports the line and the replacement of a word in a comment', () => {
    expect(bannedWordsIn('lib/a.ts', 'const a = 1\n// Made\n// anew.\n', WORDS)).to.deep.equal([
      { file: 'lib/a.ts', line: 3, word: 'anew', use: 'again' },
    ])
  })

  it('reads every kind of comment', () => {
    expect(
      found('lib/a.ts', '/** anew */', 'const a = 1 // anew', '/* x', '   anew */'),
    ).to.deep.equal(['1: anew', '2: anew', '4: anew'])
  })

  it('reads all texts of a messages module, and of other modules only sentences', () => {
    const lines = [
      "export const label = 'kept'",
      'export const text = `The $' + '{label} is kept.`',
    ]
    expect(found('lib/a/messages.ts', ...lines)).to.deep.equal(['1: kept', '2: kept'])
    expect(found('lib/a/messages/errors.ts', ...lines)).to.deep.equal(['1: kept', '2: kept'])
    expect(
      found('lib/a/other.ts', "const id = 'kept'", "const text = 'The key was kept.'"),
    ).to.deep.equal(['2: kept'])
  })

  it('reads the names of files and of what they declare, word by word', () => {
    const lines = ['interface A { readonly madeAnew: string }', 'const KEPT_ANEW = 1']
    expect(found('lib/a.ts', ...lines)).to.deep.equal(['1: Anew', '2: ANEW'])
    expect(found('lib/made-anew.ts', 'function anewOf(anew: A) {}')).to.deep.equal([
      '1: anew',
      '1: anew',
      '1: anew',
    ])
  })

  it('does not read what others have named, imports and the texts of tests', () => {
    const lines = ["import { anew as again } from './made-anew.ts'", 'const kept = again.anew']
    expect(found('lib/a.ts', ...lines)).to.be.empty
    expect(found('lib/a.ts', 'const { anew: again } = other')).to.be.empty
    expect(found('test/a.test.ts', "const text = 'It was kept and made anew.'")).to.be.empty
    expect(bannedWordsIn('lib/a.ts', 'const anew = 1', WORDS, ['anew'])).to.be.empty
  })

  it('lets a text that is copied from elsewhere use any word below a comment that says so', () => {
    expect(found('lib/a/messages.ts', '// Verbatim: Letta.', "export const a = 'kept'")).to.be.empty
    expect(
      found(
        'lib/a/messages.ts',
        'const all = {',
        '  // Verbatim.',
        "  a: 'kept',",
        "  b: 'kept',",
        '}',
      ),
    ).to.deep.equal(['4: kept'])
  })

  it('reads a page without its code', () => {
    expect(found('docs/a.md', 'Made anew.', '`anew`', '```', 'anew', '```', 'anew')).to.deep.equal([
      '1: anew',
      '6: anew',
    ])
  })

  it('bans a word only where the list says so', () => {
    expect(found('docs/a.md', 'It was kept.')).to.be.empty
  })
})

describe('The list of banned words', () => {
  it('has a pattern that compiles and a replacement for each word', () => {
    for (const { pattern, use } of list.words) {
      expect(() => new RegExp(pattern, 'gi'), pattern).to.not.throw()
      expect(use, pattern).to.be.a('string').and.not.equal('')
    }
  })

  it('excludes no files that do not exist', () => {
    const unknown = list.pending.filter(
      (glob: string) => fastGlob.sync(glob, { cwd: packageRoot() }).length === 0,
    )
    expect(unknown).to.deep.equal([])
  })
})
