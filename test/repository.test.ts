import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { expect } from 'chai'
import { SLASH_NAMES } from '../ui/commands/slash-names.ts'

const ROOT = path.join(import.meta.dirname, '..')

/** Made-up paths of test data, and patterns of import paths. */
const DATA = /^(test\/(cases|permissions\/lines\.ts)|bin\/dev\/layers\.biome\.json)/

/** Directories that belong to the system. What a test makes is in `/tmp` or the like. */
const SYSTEM = /^\/(bin|dev|etc|lib|private|proc|sbin|sys|tmp|usr|var)\//

/** A map of a module that is filled while the program runs. */
const CACHE = /^(?:export )?const \w+(?:: [^=]+)? = new (?:WeakMap\b|Map(?:<[^(]*>)?\(\))/gm

/** A limit without its subject: `MOST` of what? */
const VAGUE_LIMIT = /^(?:export )?const (?:\w+_)?(?:MOST|LEAST|LONGEST|SHORTEST)(?:_\w+)?\b/gm

/** Words as the first argument, and not only a path or a reason that are put together. */
const LITERAL_ERROR = /new U(?:ser|sage)Error\(\s*(?:'|`(?!\$\{))[^\n]*/g

describe('The repository', () => {
  const files = execFileSync('git', ['ls-files', '-z'], { cwd: ROOT, encoding: 'utf8' })
    .split('\0')
    .filter((file) => file !== '' && !DATA.test(file) && existsSync(path.join(ROOT, file)))

  /** The names that two modules of the program declare, with these modules. */
  function declaredTwice(declaration: RegExp): readonly (readonly [string, readonly string[]])[] {
    const declared = new Map<string, readonly string[]>()
    for (const file of files.filter((name) => /^(bin|lib|ui)\/.*\.ts$/.test(name))) {
      const names = tokens(file, declaration).map((found) => found.split(' ').at(-1) ?? '')
      for (const name of new Set(names)) declared.set(name, [...(declared.get(name) ?? []), file])
    }
    return [...declared].filter(([, places]) => places.length > 1)
  }

  it('mentions no path that leads out of it', () => {
    const outside = files.flatMap((file) => {
      const directory = path.join(ROOT, path.dirname(file))
      return tokens(file, /(?<![\w/.@*-])(?:\.\.\/)+[\w@.*-]*/g)
        .filter((token) => path.relative(ROOT, path.join(directory, token)).startsWith('..'))
        .map((token) => `${file}: ${token}`)
    })
    expect(outside).to.deep.equal([])
  })

  it('mentions no file of the machine on which it is developed', () => {
    const existing = files.flatMap((file) =>
      tokens(file, /(?<![\w/.@*:-])(?:\/[\w.-]+){2,}/g)
        .filter((token) => !SYSTEM.test(token) && existsSync(token))
        .map((token) => `${file}: ${token}`),
    )
    expect(existing).to.deep.equal([])
  })

  it('declares no name of a type twice in the program', () => {
    const declaration =
      /^(?:export )?(?:declare )?(?:abstract |const )?(?:interface|type|class|enum) \w+/gm
    expect(declaredTwice(declaration)).to.deep.equal([])
  })

  it('exports no function and no constant under a name that another module exports, too', () => {
    const declaration = /^export (?:async )?(?:function|const|let)\*? \w+/gm
    expect(declaredTwice(declaration)).to.deep.equal([])
  })

  it('names constants for what they limit', () => {
    const unclear = files
      .filter((name) => /^(bin|lib|test|ui)\/.*\.ts$/.test(name))
      .flatMap((name) => tokens(name, VAGUE_LIMIT).map((declaration) => `${name}: ${declaration}`))
    expect(unclear).to.deep.equal([])
  })

  it('takes the text of every error for people from a messages module', () => {
    const literal = files
      .filter((name) => /^(bin|lib|ui)\/.*\.ts$/.test(name))
      .flatMap((name) => tokens(name, LITERAL_ERROR).map((error) => `${name}: ${error}`))
    expect(literal).to.deep.equal([])
  })

  it('names no slash command in lib, where a command is an id', () => {
    const names = Object.values(SLASH_NAMES).join('|')
    const slash = new RegExp(`(?<=[\\s"'\`(])/(?:${names})(?=[\\s"'\`),:]|\\.\\s)`, 'g')
    const named = files
      .filter((name) => /^lib\/.*\.ts$/.test(name))
      .flatMap((name) => tokens(name, slash).map((command) => `${name}: ${command}`))
    expect(named).to.deep.equal([])
  })

  it('lists every file with a cache in the rooms that are functions of the state', () => {
    const page = readFileSync(path.join(ROOT, 'CONTRIBUTING.md'), 'utf8')
    const table = page.slice(page.indexOf('| cache | key | bound |'))
    const caches = files
      .filter((name) => /^(ui|lib\/(session\/reduce|export|headless))\/.*\.ts$/.test(name))
      .filter((name) => !/^ui\/(app|commands)\//.test(name))
      .filter((name) => tokens(name, CACHE).length > 0)
    expect(caches.length).to.be.greaterThan(10)
    expect(caches.filter((name) => !table.includes(path.basename(name)))).to.deep.equal([])
  })

  it('names only files that exist in the pages about its code', () => {
    const pages = files.filter((name) => /(CONTRIBUTING|architecture|README)\.md$/.test(name))
    const missing = pages.flatMap((page) =>
      tokens(page, /(?<=`)(?:bin|docs|lib|test|ui)\/[\w./-]+(?=`)/g)
        .filter((name) => !existsSync(path.join(ROOT, name)))
        .map((name) => `${page}: ${name}`),
    )
    expect(missing).to.deep.equal([])
  })

  it('has pages of at most 40 lines about its rooms', () => {
    const pages = files.filter((name) => /^(lib|ui)\/.*README\.md$/.test(name))
    expect(pages).to.include.members(['lib/permissions/README.md', 'lib/tools/README.md'])
    expect(pages.filter((page) => tokens(page, /\n/g).length > 40)).to.deep.equal([])
  })

  it('describes every file of cases', () => {
    const page = readFileSync(path.join(ROOT, 'test/cases/README.md'), 'utf8')
    const listed = [...page.matchAll(/^\| `([\w-]+(?:\.json|\/))` \|/gm)].map(([, name]) => name)
    const cases = readdirSync(path.join(ROOT, 'test/cases'), { withFileTypes: true })
      .filter(({ name }) => name !== 'README.md')
      .map((entry) => (entry.isDirectory() ? `${entry.name}/` : entry.name))
    expect(listed).to.have.members(cases)
  })

  it('names no address in its lock file, so that any registry serves', () => {
    expect(tokens('package-lock.json', /"resolved"/g)).to.deep.equal([])
  })
})

function tokens(file: string, pattern: RegExp): readonly string[] {
  return readFileSync(path.join(ROOT, file), 'utf8').match(pattern) ?? []
}
