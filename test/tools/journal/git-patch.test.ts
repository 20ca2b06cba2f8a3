import { execFileSync, spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect } from 'chai'
import { type PatchedFile, toGitPatch } from '../../../lib/tools/journal/git-patch.ts'
import { createSeededRandom } from '../../support/seeded-random.ts'
import { skipWhen } from '../../support/skip.ts'

describe('A patch for git', () => {
  let directory = ''
  beforeEach(() => {
    directory = mkdtempSync(path.join(tmpdir(), 'letta-patch-'))
    git(['init', '-q'])
    git(['config', 'core.autocrlf', 'false'])
  })
  afterEach(() => rmSync(directory, { recursive: true, force: true }))

  const git = (args: readonly string[], input?: Buffer): Buffer =>
    execFileSync('git', args, { cwd: directory, ...(input === undefined ? {} : { input }) })

  const put = (name: string, bytes: Buffer, mode = 0o644): void => {
    const file = path.join(directory, name)
    mkdirSync(path.dirname(file), { recursive: true })
    writeFileSync(file, bytes)
    chmodSync(file, mode)
    git(['add', '--', name])
  }
  const staged = (name: string): Buffer | null => {
    const [entry = ''] = git(['ls-files', '-s', '-z', '--', name]).toString().split('\0')
    return entry === '' ? null : git(['cat-file', 'blob', entry.split(' ')[1] ?? ''])
  }

  const plain = { before: '100644', after: '100644' } as const
  const stage = (file: Omit<PatchedFile, 'modes'> & Partial<PatchedFile>): void => {
    const patch = toGitPatch({ modes: plain, ...file })
    git(['apply', '--cached', '--whitespace=nowarn'], patch)
  }

  const text = (...lines: readonly string[]): Buffer => Buffer.from(lines.join(''))
  for (const [what, before, after] of [
    ['a changed line', text('one\n', 'two\n'), text('one\n', 'TWO\n')],
    ['CRLF line ends', text('one\r\n', 'two\r\n'), text('one\r\n', 'TWO\r\n')],
    ['line ends that change', text('one\n', 'two\n'), text('one\r\n', 'two\r\n')],
    ['a missing last line feed', text('one\n', 'two'), text('one\n', 'two\n')],
    ['a last line feed that goes', text('one\n', 'two\n'), text('one\n', 'two')],
    ['a new file', null, text('one\n')],
    ['a new file without a line feed', null, text('one')],
    ['a new empty file', null, text()],
    ['a deleted file', text('one\n', 'two'), null],
    ['a file that becomes empty', text('one\n'), text()],
    ['bytes that are not UTF-8', Buffer.from([233, 10, 234, 10]), Buffer.from([233, 10, 235, 10])],
  ] as const) {
    it(`stages ${what}`, () => {
      if (before !== null) put('a b.txt', before)
      stage({ path: 'a b.txt', before, after })
      expect(staged('a b.txt')).to.deep.equal(after)
    })
  }

  it('stages files whatever their names are', () => {
    for (const name of [
      'a',
      'with space/a b.txt',
      '"quoted"\\and\ttab',
      'naïve — 雪',
      'line\nfeed',
    ]) {
      put(name, text('one\n'))
      stage({ path: name, before: text('one\n'), after: text('two\n') })
      expect(staged(name)?.toString(), name).to.equal('two\n')
      stage({ path: name, before: text('two\n'), after: null })
      expect(staged(name), name).to.equal(null)
    }
  })

  it('keeps the permission to execute', () => {
    const before = text('one\n')
    put('run.sh', before, 0o755)
    for (const [file, from, after] of [
      ['run.sh', before, null],
      ['new.sh', null, text('two\n')],
    ] as const) {
      const modes = { before: '100755', after: '100755' } as const
      stage({ path: file, before: from, after, modes })
    }
    expect(git(['ls-files', '-s']).toString()).to.match(/^100755 \w+ 0\tnew\.sh\n$/)
  })

  it('stages permission bits, links and what becomes a link, alone and with lines', () => {
    const modes = ['100644', '100755', '120000'] as const
    const of = (mode: string): string => git(['ls-files', '-s']).toString().slice(0, mode.length)
    for (const before of modes) {
      for (const after of modes) {
        for (const changed of [text('one'), text('one\n', 'two\n')]) {
          git(['rm', '-q', '--cached', '--ignore-unmatch', 'a'])
          const blob = git(['hash-object', '-w', '--stdin'], text('one')).toString().trim()
          git(['update-index', '--add', '--cacheinfo', `${before},${blob},a`])
          if (before === after && changed.equals(text('one'))) continue
          stage({ path: 'a', before: text('one'), after: changed, modes: { before, after } })
          expect(of(after), `${before} to ${after}`).to.equal(after)
          expect(staged('a')).to.deep.equal(changed)
        }
      }
    }
  })

  it('stages binary files: created, changed, with other permission bits, as a text, and deleted', () => {
    const large = Buffer.from(Array.from({ length: 3000 }, (_, at) => (at * 7919) % 256))
    const contents = [
      null,
      Buffer.from([1, 0, 2]),
      large,
      text('a text\n'),
      Buffer.from([0]),
      text(),
      large,
      null,
    ]
    for (const [at, after] of contents.slice(1).entries()) {
      const before = contents[at] ?? null
      const modeOf = (bytes: Buffer | null) => (bytes === large ? '100755' : '100644')
      const modes = { before: modeOf(before ?? after), after: modeOf(after ?? before) } as const
      stage({ path: 'a b.bin', before, after, modes })
      expect(staged('a b.bin'), `${at}`).to.deep.equal(after)
    }
  })

  it('stages binary files in a repository with SHA-256', function () {
    const created = spawnSync('git', ['init', '-q', '--object-format=sha256', 'other'], {
      cwd: directory,
    })
    skipWhen(this, created.status !== 0, 'git has no SHA-256')
    const file = { path: 'a', modes: plain, before: null, after: Buffer.from([1, 0, 2]) }
    const cwd = path.join(directory, 'other')
    execFileSync('git', ['apply', '--cached'], { cwd, input: toGitPatch(file, 'sha256') })
    expect(execFileSync('git', ['show', ':a'], { cwd })).to.deep.equal(file.after)
  })

  it('stages exactly the new content of any text', () => {
    const random = createSeededRandom(7)
    const below = (count: number): number => Math.floor(random() * count)
    const lines = ['', 'a', 'b', 'b ', '\r', '\u00a0', '-- x', '+y', '\\ No newline at end of file']
    const any = (): string =>
      Array.from({ length: below(12) }, () => lines[below(lines.length)]).join('\n')
    for (let round = 0; round < 40; round++) {
      const [before, after] = [Buffer.from(`${any()}x\n`), Buffer.from(any())]
      put('a', before)
      stage({ path: 'a', before, after })
      expect(staged('a')?.toString(), JSON.stringify([String(before), String(after)])).to.equal(
        String(after),
      )
    }
  })
})
