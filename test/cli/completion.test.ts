import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { completionScript } from '../../bin/commands/completion.ts'
import { FLAGS } from '../../lib/cli/flags.ts'
import { SUBCOMMANDS } from '../../lib/cli/subcommands.ts'
import { skipWhen } from '../support/skip.ts'

const has = (shell: string): boolean => spawnSync(shell, ['-c', 'true']).status === 0

const NAMES = ['letta', 'letta-workbench']

/** Calls the completion as readline does, which splits `=` off as a separate word. */
const BASH = `
ask() {
  COMP_WORDS=("$@"); COMP_CWORD=$(( $# - 1 )); COMPREPLY=()
  _letta
  printf '%s\\n' "\${COMPREPLY[*]}"
}
`

/** Calls the completion as zsh does. What shows a list prints it, as far as it continues the last word. */
const ZSH = `
compdef() { NAMES=("\${@[2,-1]}") }
compadd() { print -rl -- "\${(@M)argv[2,-1]:#\${words[CURRENT]}*}" }
_describe() { local list=\${argv[-1]}; print -rl -- "\${(@M)\${(P@)list}:#\${words[CURRENT]}*}" }
_files() { print -r -- files "$@" }
`

describe('Shell completion', () => {
  let directory: string
  before(() => {
    directory = mkdtempSync(join(tmpdir(), 'letta-completion-'))
    mkdirSync(join(directory, 'some folder'))
    const program =
      '#!/bin/sh\n[ "$1" = completion ] && printf "%s-1\\tA title; \\$(touch x)\\n%s-2\\tAnother\\n%s-3\\t\\n" "$2" "$2" "$2"\n'
    writeFileSync(join(directory, 'letta'), program, { mode: 0o755 })
  })
  after(() => rmSync(directory, { recursive: true, force: true }))

  /** The completions of each command line, from one process of bash. */
  const bash = (...lines: readonly (readonly string[])[]): readonly string[] => {
    const calls = lines.map((words) => `ask ${words.map((word) => `'${word}'`).join(' ')}`)
    const script = [completionScript('bash', NAMES), BASH, ...calls].join('\n')
    const { stdout, stderr } = spawnSync('bash', ['--norc', '-u'], {
      cwd: directory,
      env: { ...process.env, PATH: `${directory}:${process.env['PATH']}` },
      input: script,
      encoding: 'utf8',
    })
    expect(stderr).to.equal('')
    return stdout.trimEnd().split('\n')
  }

  it('completes subcommands, flags, values and paths in bash', function () {
    skipWhen(this, !has('bash'), 'bash is not installed')
    const answers = bash(
      ['letta', 'mem'],
      ['letta', 'he'],
      ['letta', 'memory', ''],
      ['letta', '--model', 'memory', 'mes'],
      ['letta', 'memory', 'import', '--y'],
      ['letta', 'memory', 'list', '--y'],
      ['letta', '--perm'],
      ['letta', '--permission-mode', 'p'],
      ['letta', '--permission-mode', '=', 'by'],
      ['letta', '--output-format', '='],
      ['letta', '-p', 'memory', '--yo'],
      ['letta', '-p', 'mem'],
      ['letta', 'fix', 'mem'],
      ['letta', '-C', 'some'],
      ['letta', 'trust', 'so'],
      ['letta', 'completion', ''],
      ['letta', '--', '--mo'],
    )
    expect(answers).to.deep.equal([
      'memory',
      'help',
      'list show log blame diff restore doctor edit export import sync test ask',
      'messages',
      '--yes',
      '',
      '--permission-mode',
      'plan',
      'bypassPermissions',
      'text json stream-json',
      '--yolo',
      '',
      '',
      'some folder',
      'some folder',
      'bash zsh fish agents conversations models blocks accounts themes',
    ])
  })

  it('completes ids, models and labels by what letta lists in bash', function () {
    skipWhen(this, !has('bash'), 'bash is not installed')
    const answers = bash(
      ['letta', '--agent', ''],
      ['letta', '-m', '=', 'models-2'],
      ['letta', '--conversation', 'conv'],
      ['letta', 'memory', 'show', 'bl'],
      ['letta', '--theme', 'th'],
      ['letta', 'agents', 'delete', 'x'],
    )
    expect(answers).to.deep.equal([
      'agents-1 agents-2 agents-3',
      'models-2',
      'conversations-1 conversations-2 conversations-3',
      'blocks-1 blocks-2 blocks-3',
      'themes-1 themes-2 themes-3',
    ])
  })

  it('completes subcommands and flags with their help in fish', function () {
    skipWhen(this, !has('fish'), 'fish is not installed')
    const env = { ...process.env, PATH: `${directory}:${process.env['PATH']}` }
    const fish = (line: string): string => {
      const script = `${completionScript('fish', NAMES)}\ncomplete -C '${line}'`
      return spawnSync('fish', ['--no-config', '-c', script], { encoding: 'utf8', env }).stdout
    }
    const help = SUBCOMMANDS.find(({ name }) => name === 'memory import')?.help
    expect(fish('letta memory i')).to.equal(`import\t${help}\n`)
    const json = FLAGS.find(({ name }) => name === 'json')?.help
    expect(fish('letta memory list --j')).to.equal(`--json\t${json}\n`)
    expect(fish('letta-workbench memory list --j')).to.equal(`--json\t${json}\n`)
    expect(fish('letta --model models-')).to.equal(
      `models-1\tA title; $(touch x)\nmodels-2\tAnother\nmodels-3\n`,
    )
  })

  it('completes subcommands, flags, values, paths and lists in zsh', function () {
    skipWhen(this, !has('zsh'), 'zsh is not installed')
    const help = (wanted: string): string | undefined =>
      [...SUBCOMMANDS, ...FLAGS].find(({ name }) => name === wanted)?.help
    const expected: readonly (readonly [line: string, ...answers: string[]])[] = [
      ['letta memory i', `import:${help('memory import')}`],
      ['letta-workbench memory i', `import:${help('memory import')}`],
      ['letta memory list --js', `--json:${help('json')}`],
      ['letta --permission-mode p', 'plan'],
      ['letta -p memo', 'files'],
      ['letta -C some', 'files -/'],
      ['letta --agent agents', 'agents-1:A title; $(touch x)', 'agents-2:Another', 'agents-3'],
      ['letta memory show blocks-3', 'blocks-3'],
      ['letta -- --mo', ''],
    ]
    const asked = expected.map(([line]) => {
      return `words=(${line}); CURRENT=\${#words}; print -r -- "$(_letta)"; print -- --`
    })
    const { stdout, stderr } = spawnSync(
      'zsh',
      ['-f', '-c', [ZSH, completionScript('zsh', NAMES), ...asked, 'print -- $NAMES'].join('\n')],
      { encoding: 'utf8', env: { ...process.env, PATH: `${directory}:${process.env['PATH']}` } },
    )
    expect(stderr).to.equal('')
    const answers = expected.map(([, ...rows]) => `${rows.join('\n')}\n--\n`)
    expect(stdout).to.equal(`${answers.join('')}${NAMES.join(' ')}\n`)
  })

  for (const shell of ['bash', 'zsh', 'fish']) {
    it(`has a script without syntax errors for ${shell}`, function () {
      skipWhen(this, !has(shell), `${shell} is not installed`)
      const file = join(directory, `letta.${shell}`)
      writeFileSync(file, completionScript(shell, NAMES))
      const { status, stderr } = spawnSync(shell, ['-n', file], { encoding: 'utf8' })
      expect({ status, stderr }).to.deep.equal({ status: 0, stderr: '' })
    })

    it(`has every flag and subcommand in the script for ${shell}`, () => {
      const script = completionScript(shell, NAMES)
      for (const flag of FLAGS) {
        const spelling = shell === 'fish' ? `-l ${flag.name} ` : `--${flag.name}`
        expect(script).to.include(spelling)
      }
      for (const { name } of SUBCOMMANDS) {
        const last = name.split(' ').at(-1) ?? ''
        expect(script).to.match(new RegExp(`\\b${last}\\b`))
      }
    })
  }
})
