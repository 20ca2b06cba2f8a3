import { existsSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { expect } from 'chai'
import { type Command, forEachChild, parse } from 'unbash'
import { anchorOf } from '../../bin/dev/page-anchor.ts'
import { parseCommandLine } from '../../lib/cli/parse.ts'
import { packageRoot } from '../../lib/fs/package-root.ts'
import manifest from '../../package.json' with { type: 'json' }

const PAGES = ['README.md', 'CONTRIBUTING.md', 'SECURITY.md', ...pagesOf('docs')]

describe('A page of the documentation', () => {
  for (const page of PAGES) {
    const text = readFileSync(path.join(packageRoot(), page), 'utf8')
    const scripts = [...text.matchAll(/^```sh[^\n]*\n(.*?)^```$/gms)].map(
      ([, script]) => script ?? '',
    )

    if (scripts.length > 0) {
      it(`has only commands that letta understands: ${page}`, () => {
        const commands = scripts.flatMap(commandsOf)
        expect(scripts.flatMap((script) => parse(script).errors ?? [])).to.deep.equal([])
        for (const words of commands) expect(usageErrorOf(words), words.join(' ')).to.equal(null)
      })
    }

    it(`has only links that lead to a page and a heading: ${page}`, () => {
      const links = [...text.matchAll(/\]\(([^)\s]+)\)/g)].map(([, link]) => link ?? '')
      const broken = links.filter((link) => !/^[a-z]+:/.test(link) && !leadsSomewhere(page, link))
      expect(broken).to.deep.equal([])
    })
  }

  it('names the version of the database driver that the package needs where a system needs it by hand', () => {
    const text = readFileSync(path.join(packageRoot(), 'docs/getting-started.md'), 'utf8')
    const { '@libsql/linux-x64-gnu': version } = manifest.optionalDependencies
    expect(text).to.contain(`npm install -g letta-workbench @libsql/linux-x64-musl@${version}`)
  })
})

function pagesOf(directory: string): readonly string[] {
  return readdirSync(path.join(packageRoot(), directory))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `${directory}/${name}`)
}

/** The arguments of each `letta …` and `npm start -- …` in a script. */
function commandsOf(script: string): readonly (readonly string[])[] {
  const found: (readonly string[])[] = []
  const visit = (node: Parameters<typeof forEachChild>[0]): void => {
    if (node.type === 'Command') {
      const words = argumentsOfLetta(node)
      if (words !== null) found.push(words)
    }
    forEachChild(node, visit)
  }
  visit(parse(script))
  return found
}

function argumentsOfLetta({ name, suffix }: Command): readonly string[] | null {
  const words = suffix.map((word) => (word.type === 'Word' ? word.value : ''))
  if (name?.value === 'letta') return words
  return name?.value === 'npm' && words[0] === 'start' && words[1] === '--' ? words.slice(2) : null
}

function usageErrorOf(words: readonly string[]): string | null {
  const parsed = parseCommandLine(words, { stdinIsTerminal: !words.includes('-p') })
  return parsed.type === 'usageError' ? parsed.message : null
}

function leadsSomewhere(page: string, link: string): boolean {
  const [file = '', heading] = link.split('#')
  const target = file === '' ? page : path.posix.join(path.posix.dirname(page), file)
  const absolute = path.join(packageRoot(), target)
  if (!existsSync(absolute)) return false
  if (heading === undefined || !target.endsWith('.md')) return true
  const headings = [...readFileSync(absolute, 'utf8').matchAll(/^#+ (.*)$/gm)]
  return headings.some(([, title]) => anchorOf(title ?? '') === heading)
}
