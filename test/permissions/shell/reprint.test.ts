import { execFile } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { promisify } from 'node:util'
import { expect } from 'chai'
import { decide } from '../../../lib/permissions/decide.ts'
import { reasons } from '../../../lib/permissions/messages.ts'
import type { PermissionRule, Verdict } from '../../../lib/permissions/types.ts'
import { unattendedEnvironment } from '../../../lib/tools/process/unattended-environment.ts'
import { requestFor } from '../../support/permission-requests.ts'
import { createProjectDirectory, type ProjectDirectory } from '../../support/project-directory.ts'
import { READ_ONLY_LINES } from '../lines.ts'
import { EVERYDAY_LINES } from './everyday-lines.ts'

const run = promisify(execFile)

describe('A command line that runs without approval', () => {
  let directory: ProjectDirectory

  before(async () => {
    directory = createProjectDirectory()
    const { project } = directory
    mkdirSync(path.join(project, 'docs'))
    for (const [name, text] of FILES) writeFileSync(path.join(project, name), text)
    const env = { ...process.env, ...AUTHOR }
    for (const args of [
      ['init', '-q', '-b', 'main'],
      ['add', '-A', '-f'],
      ['commit', '-q', '-m', 'first foo'],
    ]) {
      await run('git', args, { cwd: project, env })
    }
    writeFileSync(path.join(project, 'README.md'), 'foo\nbar\nfoo two\n')
  })

  after(() => directory.remove())

  async function judge(line: string, allow: readonly string[] = []): Promise<Verdict> {
    const { project, home, bounds } = directory
    const rules: readonly PermissionRule[] = allow.map((text) => ({ text, source: 'user' }))
    const command = line.replaceAll('@PROJECT@', project)
    const policy = { mode: 'default' as const, rules: { allow: rules, deny: [], ask: [] }, bounds }
    return decide(policy, requestFor('Bash', { command }, project, home))
  }

  it('runs as text that is printed from its words', async () => {
    for (const [line, printed] of PRINTED) {
      expect((await judge(line)).runs, line).to.equal(printed.replaceAll('@HOME@', directory.home))
    }
  })

  it('names the same files in the home directory', async () => {
    const allow = ['Bash(touch:*)', 'Write(~/**)', 'Read(~/**)']
    for (const [line, printed] of PRINTED_HOME) {
      const { runs } = await judge(line, allow)
      expect(runs, line).to.equal(printed.replaceAll('@HOME@', directory.home))
    }
  })

  it('requires approval when it contains what cannot be printed', async () => {
    for (const line of NOT_PRINTABLE) {
      const { decision, because } = await judge(line, ['Bash(touch:*)', 'Write(~/**)'])
      expect([decision, because], line).to.deep.equal(['ask', reasons.notPrintable])
    }
  })

  it('runs as printed when a rule allows it, and as written when a rule contains all of it', async () => {
    const wildcard = await judge('npm test src/*.ts && echo $?', ['Bash(npm test:*)'])
    expect(wildcard.runs).to.equal('npm test src/a.ts src/b.ts && echo $?')
    const exact = await judge('npm test | tee x', ['Bash(npm test | tee x)'])
    expect([exact.decision, exact.runs]).to.deep.equal(['allow', undefined])
  })

  it('is printed in the same way again', async () => {
    for (const line of [...READ_ONLY_LINES, ...EVERYDAY_LINES]) {
      const { runs, decision } = await judge(line)
      expect(decision, line).to.equal('allow')
      expect((await judge(runs ?? '')).runs).to.equal(runs)
    }
  })

  it('prints the same as the line that was written', async () => {
    const { project, home } = directory
    const given = { PATH: process.env['PATH'] ?? '', HOME: home, LC_ALL: 'C.UTF-8' }
    const options = { directory: project, isTrusted: false, kind: 'readOnly' as const }
    const environment = unattendedEnvironment(given, options)
    const differences: string[] = []
    for (const line of [...READ_ONLY_LINES, ...EVERYDAY_LINES].filter(
      (one) => !VARYING.test(one),
    )) {
      const { runs = '' } = await judge(line)
      const options = ['--norc', '--noprofile', '-p', '-f', '-c']
      const asWritten = () => output(['-c', line.replaceAll('@PROJECT@', project)], given)
      const written = await asWritten()
      const printed = await output([...options, runs], environment)
      // `git status` writes its index, of which `ls -l` shows the minute: the line as it is written changes with it.
      if (written !== printed && (await asWritten()) !== printed) differences.push(line)
    }
    expect(differences).to.deep.equal([])
  }).timeout(180_000)

  async function output(args: readonly string[], env: NodeJS.ProcessEnv): Promise<string> {
    const { project: cwd } = directory
    const started = run('/bin/bash', args, { cwd, env, timeout: 20_000 })
    started.child.stdin?.end()
    return started.then(
      ({ stdout }) => `0 ${stdout}`,
      ({ code, stdout }: { code: number; stdout: string }) => `${code} ${stdout}`,
    )
  }
})

const AUTHOR = {
  GIT_AUTHOR_NAME: 'me',
  GIT_AUTHOR_EMAIL: 'me@example.org',
  GIT_COMMITTER_NAME: 'me',
  GIT_COMMITTER_EMAIL: 'me@example.org',
}

const FILES: readonly (readonly [string, string])[] = [
  ['README.md', 'foo\nbar\n'],
  ['package.json', '{"name":"p","scripts":{"test":"t"}}\n'],
  ['src/a.ts', 'const a = 1\nfoo(a)\n'],
  ['src/b.ts', 'const b = 2\n'],
  ['docs/guide.md', '# Guide\n\nfoo\n'],
]

/** Lines whose output changes from run to run, which read the terminal or the environment, or take long. */
const VARYING =
  /\b(date|uptime|tail -f|sleep|env|printenv|df|time|top|ps|free|letta|RANDOM|pip|tsc|stat)\b/

const PRINTED: readonly (readonly [string, string])[] = [
  ['ls -la', 'ls -la'],
  ['cat "src/a.ts"', 'cat src/a.ts'],
  ['ls src/*.ts', 'ls src/a.ts src/b.ts'],
  ['f=README.md; wc -l "$f"', 'f=README.md\nwc -l README.md'],
  ['for i in $(seq 2); do echo $i; done', 'for i in 1 2\ndo\necho $i\ndone'],
  [
    "find src -name '*.ts' | sort | head -5 | xargs wc -l",
    "find src '(' -name '*.ts' ')' -type f -print0 | sort -z | head -z -n 5 | xargs -0 wc -l",
  ],
  [
    'find . -path ./build -prune -o -name a.ts -print | xargs cat',
    'find . -path ./build -prune -o -name a.ts -type f -print0 | xargs -0 cat',
  ],
  [
    'find . -type f -name -print0 | xargs -0 cat',
    "find . '(' -type f -name -print0 ')' -type f -print0 | xargs -0 cat",
  ],
  [
    "find src -name '*.ts' -path -print -print | xargs cat",
    "find src -name '*.ts' -path -print -type f -print0 | xargs -0 cat",
  ],
  [
    'find . -type f | grep -v x | xargs cat',
    "find . '(' -type f ')' -type f -print0 | grep -z -a -v x | xargs -0 cat",
  ],
  ['grep -rl x src | xargs wc -l', 'grep -Z -rl x src | xargs -0 wc -l'],
  ["find src -name '*.ts' -exec cat {} +", "find src -name '*.ts' -type f -exec cat {} +"],
  ['ls -d */', 'ls -d build/ "dir with space/" docs/ src/'.replaceAll('"', "'")],
  ["grep -c 'it'\\''s' README.md || true", "grep -c 'it'\\''s' README.md || true"],
  ["cat $'README\\x2emd'", 'cat README.md'],
  ['echo {a,b}', 'echo a b'],
  ['echo "a`pwd`b""~"', 'echo a"$(pwd)"b~'],
  [
    'for f in src/*.ts; do head -1 "$f"; done',
    'for f in src/a.ts src/b.ts\ndo\nhead -1 "$f"\ndone',
  ],
  ["cat <<'EOF'\na $x `b`\nEOF", "cat <<< 'a $x `b`'"],
  ['bash -c "ls *.json"', "bash -fc 'ls package.json'"],
  ['bash -lc "ls src"', "bash -fc 'ls src'"],
  ['bash -xlec "ls src"', "bash -xefc 'ls src'"],
  ['git diff | head', 'git diff --no-ext-diff --no-textconv | head'],
  ['timeout 5 /usr/bin/git diff', 'timeout 5 /usr/bin/git diff --no-ext-diff --no-textconv'],
  ['diff -rq src build', 'diff --no-dereference -rq src build'],
  ['diff src/a.ts src/b.ts', 'diff src/a.ts src/b.ts'],
  ['rg foo src', 'rg --no-ignore-messages foo src'],
  ['nice -n 5 rg foo', 'nice -n 5 rg --no-ignore-messages foo'],
  ['/usr/bin/git diff', '/usr/bin/git diff --no-ext-diff --no-textconv'],
  ['timeout 5 git -C src diff', 'timeout 5 git -C src diff --no-ext-diff --no-textconv'],
  ['git diff -- --no-ext-diff', 'git diff --no-ext-diff --no-textconv -- --no-ext-diff'],
  ['git reflog show -p', 'git reflog show --no-ext-diff --no-textconv -p'],
  ['git reflog exists HEAD', 'git reflog exists HEAD'],
  ['git log -G foo', 'git log --no-ext-diff --no-textconv -G foo'],
  ['git blame src/a.ts', 'git blame --no-ext-diff --no-textconv src/a.ts'],
  ['grep -c git log diff || true', 'grep -c git log diff || true'],
  ['ls # list', 'ls'],
  ['cat <<< ~/x', 'cat <<< @HOME@/x'],
]

const PRINTED_HOME: readonly (readonly [string, string])[] = [
  ['touch ~/x*', "touch '@HOME@/x*'"],
  ['touch "~"/x', "touch '~/x'"],
  ['touch prefix=~/x', "touch 'prefix=@HOME@/x'"],
  ['for i in 1 2; do touch > ~/$i; done', 'for i in 1 2\ndo\ntouch > @HOME@/"$i"\ndone'],
]

const NOT_PRINTABLE: readonly string[] = [
  'touch [$x]*',
  'touch ~root/x',
  'touch ~"/x"',
  'touch prefix=a:~/x',
  'x=a:~/b; touch y',
  'echo $"hello"',
  'ls | (while read -r x; do echo "${x@Q}"; done)'.replace('@Q', ':-$(pwd)'),
]
