import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { ProjectBounds } from '../../../lib/permissions/types.ts'
import { createHostileRepositories, GIT_AUTHOR } from './hostile-repositories.ts'

/** A project whose names, links and repositories are hostile, next to what no line may read. */
export interface ScratchProject {
  readonly root: string
  readonly project: string
  readonly home: string
  readonly outside: string
  readonly bounds: ProjectBounds
  remove(): void
}

/** Texts that must never be in the output of a line. */
export const CANARIES = {
  outside: 'CANARY-OUTSIDE',
  environment: 'CANARY-ENVIRONMENT',
  denied: 'CANARY-DENIED',
  program: 'CANARY-PROGRAM',
} as const

/** What a file of the project does when it is run: prints a canary and writes a file. */
export const HOSTILE_PROGRAM = `#!/bin/sh\nprintf 'CANARY-%s\\\\n' PROGRAM | tee ran.txt >&2\n`

export function createScratchProject(): ScratchProject {
  const root = realpathSync(mkdtempSync(path.join(tmpdir(), 'letta-fuzz-')))
  const [project, home, outside] = ['project', 'home', 'outside'].map((name) =>
    path.join(root, name),
  ) as [string, string, string]
  writeFiles(outside, OUTSIDE_FILES)
  writeFiles(home, HOME_FILES)
  writeFiles(project, [
    ...PROJECT_FILES,
    ...ODD_NAMES.map((name): File => [name, `${name}\nfoo\n`]),
  ])
  // A name that is not UTF-8.
  writeFileSync(
    Buffer.concat([Buffer.from(`${project}/b`), Buffer.from([0xff]), Buffer.from('.txt')]),
    'foo\n',
  )
  for (const name of PROGRAM_NAMES) {
    const file = path.join(project, name)
    mkdirSync(path.dirname(file), { recursive: true })
    writeFileSync(file, HOSTILE_PROGRAM)
    chmodSync(file, 0o755)
  }
  for (const [name, target] of LINKS)
    symlinkSync(target.replace('@OUTSIDE@', outside), path.join(project, name))
  execFileSync('mkfifo', [path.join(outside, 'pipe')])
  const git = (...args: readonly string[]): void => {
    execFileSync('git', args, {
      cwd: project,
      env: { ...process.env, ...GIT_AUTHOR, HOME: home },
      stdio: 'pipe',
    })
  }
  git('init', '-q', '-b', 'main')
  git('add', 'README.md', 'src', 'docs', 'package.json', '.env')
  git('commit', '-q', '-m', 'First foo')
  git('tag', 'v1')
  writeFileSync(path.join(project, 'README.md'), 'foo\nbar\nfoo two\n')
  git('commit', '-q', '-am', 'Second foo')
  git('branch', 'topic')
  writeFileSync(path.join(project, 'src', 'a.ts'), 'const a = 1\nfoo(a, 2)\n')
  createHostileRepositories(project, outside)
  // The git that creates them runs what they configure.
  const repositories = path.join(project, 'repos')
  for (const name of readdirSync(repositories, { recursive: true, encoding: 'utf8' }))
    if (path.basename(name) === 'ran.txt') rmSync(path.join(repositories, name), { force: true })
  return {
    root,
    project,
    home,
    outside,
    bounds: { directory: project, home, readable: [] },
    remove: () => rmSync(root, { recursive: true, force: true }),
  }
}

type File = readonly [name: string, text: string]

function writeFiles(directory: string, files: readonly File[]): void {
  mkdirSync(directory, { recursive: true })
  for (const [name, text] of files) {
    mkdirSync(path.dirname(path.join(directory, name)), { recursive: true })
    writeFileSync(path.join(directory, name), text)
  }
}

const OUTSIDE_FILES: readonly File[] = [
  ['secret.txt', `${CANARIES.outside}\n{${CANARIES.outside} [\nfoo\n`],
  ['directory/secret.ts', `${CANARIES.outside} foo\n`],
  [`${CANARIES.outside}-name`, 'foo\n'],
]

const HOME_FILES: readonly File[] = [
  ['.ssh/id_rsa', `${CANARIES.outside} key foo\n`],
  ['.netrc', `${CANARIES.outside} machine foo\n`],
  ['.bashrc', `echo ${CANARIES.outside}\n`],
  ['.gitconfig', '[user]\n\tname = me\n\temail = me@example.org\n'],
]

const PROJECT_FILES: readonly File[] = [
  ['README.md', 'foo\nbar\n'],
  ['package.json', '{"name":"p","scripts":{"test":"t"},"list":[1,2]}\n'],
  ['src/a.ts', 'const a = 1\nfoo(a)\n'],
  ['src/b.ts', 'const b = 2\n'],
  ['src/sub/c.ts', 'const c = 3 // foo\n'],
  ['docs/guide.md', '# Guide\n\nfoo\n'],
  ['dir with space/f.txt', 'foo\n'],
  ['.env', `KEY=${CANARIES.denied}\n`],
  ['args.txt', '-f\n../outside/secret.txt\n--files0-from=../outside/secret.txt\n'],
  ['list0', '../outside/secret.txt\0'],
  ['etc/passwd', 'inside\n'],
  ['ignored/a.txt', 'foo\n'],
  ['sub.sed', 'r ../outside/secret.txt\n'],
]

/** Names that mean something else to a shell, to a program's options or to git. */
export const ODD_NAMES: readonly string[] = [
  ...[
    '-rf',
    '-n',
    '--version',
    '--files0-from=list0',
    '-exec',
    '-f',
    '--',
    '-',
    '-o',
    '-delete',
    '-fargs.txt',
  ],
  ...[
    'a*b',
    '[x]',
    'x[1]',
    '?',
    '*',
    '{a,b}',
    '!x',
    '^',
    '@args.txt',
    '%n',
    '~',
    '~root',
    '=',
    'a=b',
    'PATH=.',
  ],
  ...[
    '$HOME',
    '$(id)',
    '`id`',
    '${x}',
    ';id',
    '&&',
    '|',
    '>',
    '<',
    '#c',
    "it's",
    'a"b',
    'a\\b',
    '\\',
    'new\nline',
  ],
  ...[
    'tab\there',
    ' lead',
    'trail ',
    'é.txt',
    'a:b',
    'HEAD',
    'main',
    'HEAD:x',
    ':x',
    ':(top)',
    ':!x',
    'w',
    'e',
    'p',
  ],
]

const PROGRAM_NAMES = [
  'ls',
  'cat',
  'git',
  'grep',
  'evil',
  'bin/ls',
  '1/ls',
  'node_modules/.bin/eslint',
  'x/cat',
]

const LINKS: readonly (readonly [name: string, target: string])[] = [
  ['link-in', 'src/a.ts'],
  ['link-dir', 'src'],
  ['link-out', '@OUTSIDE@'],
  ['link-secret', '../outside/secret.txt'],
  ['link-relative', '../outside/directory'],
  ['link-chain', 'link-out'],
  ['link-loop', 'link-loop'],
  ['link-etc', '/etc'],
  ['link-gone', '../outside/none'],
  ['docs/up', '../..'],
  ['src/l.ts', '../../outside/directory/secret.ts'],
  ['ignored/.ignore', '../../outside/secret.txt'],
  ['ignored/.rgignore', '../../outside/secret.txt'],
  ['ignored/.gitignore', '../../outside/secret.txt'],
]
