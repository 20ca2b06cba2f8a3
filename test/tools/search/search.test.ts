import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect } from 'chai'
import { notDirectory, notFileOrDirectory } from '../../../lib/tools/messages/files.ts'
import {
  NO_FILES_FOUND,
  noFileMatches,
  noFilesIn,
  onlyIgnoredFiles,
  PARENT_IN_PATTERN,
  someFilesUnreadable,
  TOO_MANY_ALTERNATIVES,
  tooLargeForMultiline,
} from '../../../lib/tools/messages/search.ts'
import { skipWhen } from '../../support/skip.ts'
import { createPlayground, type Playground } from '../playground.ts'

describe('A search', () => {
  let ground: Playground
  let denied: RegExp | null
  beforeEach(() => {
    denied = null
    ground = createPlayground({
      withoutDenied: () => denied && (async (files) => files.filter((file) => !denied?.test(file))),
    })
  })
  afterEach(() => ground.close())

  const plant = (...names: string[]): void => {
    for (const name of names) ground.put(name, `content of ${name}\n`)
  }
  const short = (text: string): string => text.replaceAll(`${ground.place.directory}/`, '')

  it('across lines reads no file that would fill the memory, and reports it where it is named', async () => {
    plant('a.txt')
    ground.put('big.txt', '')
    truncateSync(ground.path('big.txt'), 2 ** 28 + 1)
    const args = { pattern: 'content.of', multiline: true }
    expect(short((await ground.call('Grep', args)).text)).to.equal('Found 1 file\na.txt')
    const named = await ground.call('Grep', { ...args, path: 'big.txt' })
    expect([named.status, named.text]).to.deep.equal([
      'error',
      tooLargeForMultiline(ground.path('big.txt')),
    ])
  })

  describe('using Glob', () => {
    const glob = async (pattern: string, path?: string): Promise<string[]> =>
      short((await ground.call('Glob', { pattern, path })).text).split('\n')

    it('matches complete paths, including hidden files', async () => {
      plant('a.ts', '.b.ts', 'src/c.ts', 'src/d/c.ts', 'src/d/e.js')
      expect(await glob('**/c.ts')).to.deep.equal(['src/c.ts', 'src/d/c.ts'])
      expect(await glob('src/*.ts')).to.deep.equal(['src/c.ts'])
      expect(await glob('*.ts')).to.deep.equal(['.b.ts', 'a.ts'])
      expect(await glob('src/**/*.{js,ts}')).to.deep.equal(['src/c.ts', 'src/d/c.ts', 'src/d/e.js'])
      expect(await glob('src/d/e.js')).to.deep.equal(['src/d/e.js'])
      expect(await glob('*.md')).to.deep.equal(['No files found'])
    })

    it('respects ignore files at every level, in a repository or not', async () => {
      plant('a.log', 'keep.txt', 'dist/x.txt', 'sub/b.tmp', 'sub/b.txt', 'node_modules/m/i.txt')
      ground.put('.gitignore', 'dist/\n*.log\n')
      ground.put('sub/.ignore', '*.tmp\n')
      expect(await glob('**')).to.deep.equal(['.gitignore', 'keep.txt', 'sub/.ignore', 'sub/b.txt'])
    })

    it('treats names that begin with a dash or contain brackets as names', async () => {
      plant('-rf', 'app/(auth)/page.tsx', 'app/[id]/page.tsx', '--files')
      expect(await glob('-*')).to.deep.equal(['--files', '-rf'])
      expect(await glob('app/(auth)/*.tsx')).to.deep.equal(['app/(auth)/page.tsx'])
      expect(await glob('app/(auth)/page.tsx')).to.deep.equal(['app/(auth)/page.tsx'])
      expect(await glob('app/\\[id\\]/page.tsx')).to.deep.equal(['app/[id]/page.tsx'])
    })

    it('is checked for the directory that its pattern reaches', () => {
      const roots = (args: object) => {
        const { subject } = ground.prepare('Glob', args)
        return subject.type === 'paths' ? subject.paths : []
      }
      const { directory, home } = ground.place
      expect(roots({ pattern: '**/*.ts' })).to.deep.equal([directory])
      expect(roots({ pattern: 'src/../../*' })).to.deep.equal([dirname(directory)])
      expect(roots({ pattern: '/etc/*' })).to.deep.equal(['/etc'])
      expect(roots({ pattern: '/etc/passwd', path: 'src' })).to.deep.equal(['/etc'])
      expect(roots({ pattern: '~/.ssh/*' })).to.deep.equal([join(home, '.ssh')])
      expect(roots({ pattern: 'a/*', path: '../other' })).to.deep.equal([
        join(directory, '../other/a'),
        `${directory}/../other/a`,
      ])
      expect(roots({ pattern: '{src,/etc}/{a,b}/*' })).to.deep.equal([
        ...[join(directory, 'src/a'), join(directory, 'src/b'), '/etc/a', '/etc/b'],
      ])
      expect(roots({ pattern: `${'{a,b}'.repeat(9)}/*` })).to.deep.equal(['/'])
    })

    it('never leaves that directory by braces, dots or links', async () => {
      mkdirSync(ground.place.home, { recursive: true })
      writeFileSync(join(ground.place.home, 'secret'), '')
      plant('a')
      symlinkSync(ground.place.home, ground.path('link'))
      for (const pattern of ['*/../../**', '{..,.}/home/*', '{a,../home}/*']) {
        expect(await glob(pattern), pattern).to.deep.equal([PARENT_IN_PATTERN])
      }
      expect(await glob('**/secret')).to.deep.equal(['No files found'])
      expect(await glob(`{a,${ground.place.home}}/*`)).to.deep.equal(['No files found'])
    })

    it('rejects patterns that could take very long', async () => {
      for (const pattern of ['{a,b}'.repeat(12), '+(+(a))', '{1..99999}', '*(a)*(a)*(a)*(a)b']) {
        expect(await glob(pattern), pattern).to.deep.equal([TOO_MANY_ALTERNATIVES])
      }
    })
  })

  describe('using Grep', () => {
    const grep = async (pattern: string, args: object = {}): Promise<string> =>
      short((await ground.call('Grep', { pattern, ...args })).text)

    beforeEach(() => {
      ground.put('a.txt', 'one\ntwo\none more\n')
      ground.put('src/b.ts', 'const one = 1\n')
      ground.put('.hidden', 'one\n')
      ground.put('ignored.txt', 'one\n')
      ground.put('.gitignore', 'ignored.txt\n')
    })

    it('reports what it could not read, and finds the rest', async function () {
      skipWhen(this, process.getuid?.() === 0, 'root can read every file')
      plant('a.txt', 'closed/b.txt')
      chmodSync(ground.path('closed'), 0o000)
      const { status, text } = await ground.call('Grep', { pattern: 'nowhere' })
      chmodSync(ground.path('closed'), 0o700)
      expect({ status, text: short(text) }).to.deep.equal({
        status: 'success',
        text: `${NO_FILES_FOUND}\n${someFilesUnreadable('closed: Permission denied')}`,
      })
    })

    it('lists the files, hidden ones included, without ignored ones and those of git', async () => {
      expect(await grep('one')).to.equal('Found 3 files\n.hidden\na.txt\nsrc/b.ts')
      plant('.git/one', '.github/one', 'sub/.git/one')
      expect(await grep('content of')).to.equal('Found 1 file\n.github/one')
      expect(await grep('content of', { glob: '.git/*' })).to.equal('Found 1 file\n.git/one')
      expect(await grep('one', { type: 'ts' })).to.equal('Found 1 file\nsrc/b.ts')
      expect(await grep('nowhere')).to.equal('No files found')
    })

    it('shows lines with numbers and context', async () => {
      expect(await grep('two', { output_mode: 'content', '-n': true, '-A': 1 })).to.equal(
        'a.txt:2:two\na.txt-3-one more\n',
      )
      expect(await grep('ONE M', { output_mode: 'content', '-i': true })).to.equal(
        'a.txt:one more\n',
      )
    })

    it('counts matching lines per file', async () => {
      expect(await grep('one', { output_mode: 'count' })).to.equal(
        '.hidden:1\na.txt:2\nsrc/b.ts:1\n\nFound 4 total occurrences across 3 files.',
      )
    })

    it('respects head_limit and reports it', async () => {
      expect(await grep('one', { head_limit: 1 })).to.equal(
        'Found 3 files\n.hidden\n\n[Showing 1 of 3 lines; narrow the search to see others.]',
      )
    })

    it('ignores the configuration file of ripgrep', async () => {
      ground.put('config', '--max-count=1\n')
      const environment = ground.place.environment as Record<string, string>
      environment['RIPGREP_CONFIG_PATH'] = ground.path('config')
      expect(await grep('one', { output_mode: 'count', path: 'a.txt' })).to.match(/^a\.txt:2\n/)
    })

    it('treats a pattern that looks like an option as a pattern', async () => {
      ground.put('flags.txt', '--files\n-v\n')
      expect(await grep('--files')).to.equal('Found 1 file\nflags.txt')
      expect(await grep('-v', { output_mode: 'content' })).to.equal('flags.txt:-v\n')
      expect(await grep('one', { glob: '--pre=touch pwned' })).to.equal(
        `${NO_FILES_FOUND}\n${noFileMatches(ground.place.directory, '--pre=touch pwned')}`,
      )
    })

    it('reports the message of ripgrep', async () => {
      expect(await grep('(')).to.match(/^rg: regex could not be compiled/)
      expect(await grep('one', { path: 'nowhere' })).to.match(/^Path does not exist: nowhere$/)
    })

    it('matches globs relative to the path, several at once, and names in brackets', async () => {
      plant('packages/a/src/x.ts', 'packages/a/y.tsx', 'src/z.ts', '.github/w/ci.yml')
      plant('app/[id]/page.tsx', 'app/i/page.tsx', 'my dir/a file.md')
      const content = (args: object): Promise<string> => grep('content', args)
      const found = (...names: string[]): string =>
        `Found ${names.length} ${names.length === 1 ? 'file' : 'files'}\n${names.join('\n')}`
      const a = { path: 'packages/a' }
      expect(await content({ ...a, glob: 'src/**/*.ts' })).to.equal(found('packages/a/src/x.ts'))
      expect(await content({ ...a, glob: './src/*.ts' })).to.equal(found('packages/a/src/x.ts'))
      expect(await content({ ...a, glob: '*.ts, *.tsx' })).to.equal(
        found('packages/a/src/x.ts', 'packages/a/y.tsx'),
      )
      expect(await content({ ...a, glob: '*.{ts,tsx}' })).to.equal(
        found('packages/a/src/x.ts', 'packages/a/y.tsx'),
      )
      expect(await content({ glob: '**/*.ts !packages/**' })).to.equal(found('src/z.ts'))
      expect(await content({ glob: '.github/**' })).to.equal(found('.github/w/ci.yml'))
      expect(await content({ glob: 'app/[id]/*' })).to.equal(
        found('app/[id]/page.tsx', 'app/i/page.tsx'),
      )
      expect(await content({ glob: 'my dir/a file.md' })).to.equal(found('my dir/a file.md'))
    })

    it('knows types by the names that agents use, and several at once', async () => {
      plant('a.tsx', 'b.jsx', 'c.py', 'd.vue3')
      for (const [type, count] of [
        ['tsx', 1],
        ['.jsx', 1],
        ['tsx,jsx', 2],
        ['Python', 1],
        ['vue3', 1],
      ] as const) {
        expect(await grep('content', { type }), type).to.match(new RegExp(`^Found ${count} `))
      }
    })

    it('shows a name with a line feed on one line, and no match under another name', async () => {
      plant('x\n./src/a.md', 'src/a.md', 'y\nz.txt')
      const odd = JSON.stringify(ground.path('x\n./src/a.md'))
      const plain = ground.path('src/a.md')
      const lines = async (tool: string, args: object): Promise<readonly string[]> =>
        (await ground.call(tool, args)).text.trim().split('\n').sort()
      const search = { pattern: 'content', glob: '*.md', output_mode: 'content', '-n': true }
      expect(await lines('Glob', { pattern: '**/*z.txt' })).to.deep.equal([
        JSON.stringify(ground.path('y\nz.txt')),
      ])
      expect(await lines('Grep', { pattern: 'content', glob: '*.md' })).to.deep.equal([
        odd,
        plain,
        'Found 2 files',
      ])
      expect(await lines('Grep', search)).to.deep.equal([
        `${odd}:1:content of x`,
        `${plain}:1:content of src/a.md`,
      ])
    })

    it('understands patterns that look around', async () => {
      plant('a.md')
      expect(await grep('content(?= of)', { glob: '*.md' })).to.equal('Found 1 file\na.md')
      expect(await grep('(?<!x)content', { glob: '*.md' })).to.equal('Found 1 file\na.md')
    })

    it('reports that there was nothing to search', async () => {
      const { directory } = ground.place
      const nothing = (remark: string): string => short(`${NO_FILES_FOUND}\n${remark}`)
      expect(await grep('one', { glob: '*.go' })).to.equal(
        nothing(noFileMatches(directory, '*.go')),
      )
      expect(await grep('one', { type: 'klingon' })).to.equal(
        nothing(noFileMatches(directory, 'klingon')),
      )
      plant('sub/ignored.txt')
      expect(await grep('one', { path: 'sub' })).to.equal(
        nothing(onlyIgnoredFiles(ground.path('sub'), '')),
      )
      mkdirSync(ground.path('empty'))
      const empty = ground.path('empty')
      expect(await grep('one', { path: 'empty' })).to.equal(nothing(noFilesIn(empty)))
      expect(short((await ground.call('Glob', { pattern: '*', path: 'empty' })).text)).to.equal(
        nothing(noFilesIn(empty)),
      )
      expect(await grep('nowhere', { glob: '*.ts' })).to.equal(NO_FILES_FOUND)
    })

    it('does not wait for a pipe, and returns a part of a flood', async () => {
      execFileSync('mkfifo', [ground.path('pipe')])
      ground.put('flood.txt', 'a long line of the flood\n'.repeat(300_000))
      const text = await grep('flood', { output_mode: 'content' })
      expect(text.length).to.be.lessThan(10_200)
      expect(text).to.match(
        /\[Showing \d+ of \d+ or more lines; narrow the search to see others\.\]$/,
      )
      expect(await grep('x', { path: 'pipe' })).to.equal(notFileOrDirectory('pipe'))
    })

    it('is checked for the paths that it reaches', () => {
      const { subject } = ground.prepare('Grep', { pattern: 'x', path: '../other', glob: '.env' })
      const { directory } = ground.place
      const other = join(directory, '../other')
      const paths = [other, `${directory}/../other`, join(other, '.env')]
      expect(subject).to.deep.equal({ type: 'paths', paths })
    })
  })

  describe('applies ignore files', () => {
    const init = (path: string): void => {
      execFileSync('git', ['init', '-q', path])
    }
    const found = async (path?: string): Promise<string[]> => {
      const grep = await ground.call('Grep', { pattern: 'content', path })
      const glob = await ground.call('Glob', { pattern: '**', path })
      const names = short(grep.text).split('\n').slice(1)
      const globbed = short(glob.text).split('\n')
      expect(globbed.filter((name) => !name.includes('.gitignore'))).to.deep.equal(names)
      return names
    }
    const putAbove = (name: string, text: string): void =>
      writeFileSync(join(ground.place.directory, '..', name), text)

    beforeEach(() => plant('a.txt', 'src/b.txt', 'src/gen/c.txt', 'dist/d.txt'))

    it('of the repository only, never those above it', async () => {
      init(ground.place.directory)
      ground.put('.gitignore', 'dist\n/src/gen\n')
      putAbove('.gitignore', '*\n')
      expect(await found()).to.deep.equal(['a.txt', 'src/b.txt'])
      expect(await found('src')).to.deep.equal(['src/b.txt'])
      for (const name of ['.ignore', '.rgignore']) putAbove(name, '*\n')
      expect(await found()).to.deep.equal(['a.txt', 'src/b.txt'])
    })

    it('that lead outside are in no message when the search fails', async () => {
      putAbove('secret.json', '"secret{1": "secret line",\n')
      symlinkSync('../secret.json', join(ground.place.directory, '.ignore'))
      ground.put('long.txt', `${'a'.repeat(60_000)}b\n`)
      const { status, text } = await ground.call('Grep', { pattern: '(?=a)(a+)+$' })
      expect(status).to.equal('error')
      expect(text).not.to.include('secret')
    })

    it('of the project where it is no repository', async () => {
      ground.put('.gitignore', 'dist\n')
      putAbove('.gitignore', '*\n')
      expect(await found()).to.deep.equal(['a.txt', 'src/b.txt', 'src/gen/c.txt'])
      expect(await found('src')).to.deep.equal(['src/b.txt', 'src/gen/c.txt'])
    })

    it('of the project where a repository above it ignores the project', async () => {
      init(dirname(ground.place.directory))
      for (const text of ['*\n', '/*\n', 'project/**\n', 'project\n']) {
        putAbove('.gitignore', text)
        ground.put('.gitignore', 'dist\n')
        expect(await found(), text).to.deep.equal(['a.txt', 'src/b.txt', 'src/gen/c.txt'])
        expect(await found('src'), text).to.deep.equal(['src/b.txt', 'src/gen/c.txt'])
      }
    })

    it('of the repository above the project otherwise', async () => {
      init(dirname(ground.place.directory))
      putAbove('.gitignore', '/project/dist\n')
      expect(await found()).to.deep.equal(['a.txt', 'src/b.txt', 'src/gen/c.txt'])
    })

    it('not to what was named', async () => {
      init(ground.place.directory)
      for (const text of ['dist\n', 'dist/**\n', '/dist/*\n']) {
        ground.put('.gitignore', text)
        expect(await found('dist'), text).to.deep.equal(['dist/d.txt'])
      }
    })
  })

  describe('never reveals a denied file', () => {
    const call = async (tool: string, args: object): Promise<string> =>
      short((await ground.call(tool, args)).text)

    beforeEach(() => {
      plant('a', 'keys/k', '.env', 'b/c')
      denied = /\/(keys\/|\.env$)/
    })

    it('in an answer of Grep, in any mode', async () => {
      const search = { pattern: 'content' }
      expect(await call('Grep', search)).to.equal('Found 2 files\na\nb/c')
      const content = await call('Grep', { ...search, output_mode: 'content', '-n': true })
      expect(content.trim().split('\n').sort()).to.deep.equal([
        'a:1:content of a',
        'b/c:1:content of b/c',
      ])
      expect(await call('Grep', { ...search, output_mode: 'count' })).to.equal(
        'a:1\nb/c:1\n\nFound 2 total occurrences across 2 files.',
      )
      for (const glob of ['**/k', '.env', '{keys,.}/*']) {
        expect(await call('Grep', { ...search, glob, path: '.' }), glob).to.equal('No files found')
      }
    })

    it('in an answer of Grep, which is complete when very many files remain', async () => {
      for (let count = 0; count < 2_001; count++) ground.put(`many/${count}`, 'many\n')
      ground.put('keys/many', 'many\n')
      const { text } = await ground.call('Grep', { pattern: 'many', output_mode: 'count' })
      expect(text)
        .to.include('Found 2001 total occurrences across 2001 files.')
        .and.not.include('keys/')
    })

    it('in an answer of Glob', async () => {
      expect(await call('Glob', { pattern: '**' })).to.equal('a\nb/c')
    })
  })

  describe('using LS', () => {
    const ls = async (path: string, ignore?: string[]): Promise<string[]> =>
      (await ground.call('LS', { path, ignore })).text.split('\n')

    it('lists directories first, one level deep, without the excluded names', async () => {
      plant('f1', 'b.log', 'node_modules/x', 'sub/x')
      expect(await ls('.', ['*.log', 'node_modules'])).to.deep.equal([
        `- ${dirname(ground.place.directory)}/`,
        '  - project/',
        '    - sub/',
        '    - f1',
      ])
    })

    it('lists a thousand entries, and reports how many exist', async () => {
      for (let index = 0; index < 1_002; index++) ground.put(`many/${index}`, '')
      const lines = await ls('many')
      expect([lines.length, lines.at(-1)]).to.deep.equal([1_004, '[Showing 1000 of 1002 entries.]'])
    })

    it('reports what is wrong with a path', async () => {
      plant('a')
      expect(await ls('a')).to.deep.equal([notDirectory(ground.path('a'))])
      expect(await ls('b')).to.deep.equal([`Path does not exist: ${ground.path('b')}`])
    })
  })
})
