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

/** Calls the completion as readline does, which splits `=` off as a separate word. */
const BASH = `
ask() {
  COMP_WORDS=("$@"); COMP_CWORD=$(( $# - 1 )); COMPREPLY=()
  _letta
  printf '%s\\n' "\${COMPREPLY[*]}"
}
`

describe('Shell completion', () => {
  let directory: string
  before(() => {
    directory = mkdtempSync(join(tmpdir(), 'letta-completion-'))
    mkdirSync(join(directory, 'some folder'))
    const program =
      '#!/bin/sh\n[ "$1" = completion ] && printf "%s-1\\tA title; \\$(touch x)\\n%s-2\\tAnother\\n" "$2" "$2"\n'
    writeFileSync(join(directory, 'letta'), program, { mode: 0o755 })
  })
  after(() => rmSync(directory, { recursive: true, force: true }))

  /** The completions of each command line, from one process of bash. */
  const bash = (...lines: readonly (readonly string[])[]): readonly string[] => {
    const calls = lines.map((words) => `ask ${words.map((word) => `'${word}'`).join(' ')}`)
    const script = [completionScript('bash'), BASH, ...calls].join('\n')
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
      'agents-1 agents-2',
      'models-2',
      'conversations-1 conversations-2',
      'blocks-1 blocks-2',
      'themes-1 themes-2',
    ])
  })

  it('completes subcommands and flags with their help in fish', function () {
    skipWhen(this, !has('fish'), 'fish is not installed')
    const fish = (line: string): string => {
      const script = `${completionScript('fish')}\ncomplete -C '${line}'`
      return spawnSync('fish', ['--no-config', '-c', script], { encoding: 'utf8' }).stdout
    }
    const help = SUBCOMMANDS.find(({ name }) => name === 'memory import')?.help
    expect(fish('letta memory i')).to.equal(`import\t${help}\n`)
    const json = FLAGS.find(({ name }) => name === 'json')?.help
    expect(fish('letta memory list --j')).to.equal(`--json\t${json}\n`)
  })

  for (const shell of ['bash', 'zsh', 'fish']) {
    it(`has a script without syntax errors for ${shell}`, function () {
      skipWhen(this, !has(shell), `${shell} is not installed`)
      const file = join(directory, `letta.${shell}`)
      writeFileSync(file, completionScript(shell))
      const { status, stderr } = spawnSync(shell, ['-n', file], { encoding: 'utf8' })
      expect({ status, stderr }).to.deep.equal({ status: 0, stderr: '' })
    })

    it(`has every flag and subcommand in the script for ${shell}`, () => {
      const script = completionScript(shell)
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
