import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { completionFor } from '../../bin/commands/completion.ts'
import { acceptsFlag, flags } from '../../lib/cli/flags.ts'
import { SUBCOMMANDS } from '../../lib/cli/subcommands.ts'
import { skipWhen } from '../support/skip.ts'

const has = (shell: string): boolean => spawnSync(shell, ['-c', 'true']).status === 0

/** Splits as readline does: `=` is a word of its own. */
const BASH = `
ask() {
  COMP_WORDS=("$@"); COMP_CWORD=$(( $# - 1 )); COMPREPLY=()
  _letta
  printf '%s\\n' "\${COMPREPLY[*]}"
}
`

describe('shell completion', () => {
  let folder: string
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'letta-completion-'))
    mkdirSync(join(folder, 'some folder'))
  })
  after(() => rmSync(folder, { recursive: true, force: true }))

  /** What bash offers for each command line, in one process. */
  const bash = (...lines: readonly (readonly string[])[]): readonly string[] => {
    const asked = lines.map((words) => `ask ${words.map((word) => `'${word}'`).join(' ')}`)
    const script = [completionFor('bash'), BASH, ...asked].join('\n')
    const { stdout, stderr } = spawnSync('bash', ['--norc', '-u'], {
      cwd: folder,
      input: script,
      encoding: 'utf8',
    })
    expect(stderr).to.equal('')
    return stdout.trimEnd().split('\n')
  }

  it('completes words, flags and their values in bash', function () {
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
      'list show edit export import',
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
      'bash zsh fish',
    ])
  })

  it('completes in fish', function () {
    skipWhen(this, !has('fish'), 'fish is not installed')
    const fish = (line: string): string => {
      const script = `${completionFor('fish')}\ncomplete -C '${line}'`
      return spawnSync('fish', ['--no-config', '-c', script], { encoding: 'utf8' }).stdout
    }
    expect(fish('letta memory i')).to.equal(
      'import\tRead memory from markdown files; shows the difference and asks\n',
    )
    expect(fish('letta memory list --j')).to.equal('--json\tPrint JSON\n')
  })

  for (const shell of ['bash', 'zsh', 'fish']) {
    it(`gives ${shell} a script that it takes`, function () {
      skipWhen(this, !has(shell), `${shell} is not installed`)
      const file = join(folder, `letta.${shell}`)
      writeFileSync(file, completionFor(shell))
      const { status, stderr } = spawnSync(shell, ['-n', file], { encoding: 'utf8' })
      expect({ status, stderr }).to.deep.equal({ status: 0, stderr: '' })
    })

    it(`knows every flag and subcommand for ${shell}`, () => {
      const script = completionFor(shell)
      for (const flag of flags) {
        const isMade = ['', ...SUBCOMMANDS.map(({ name }) => name)].some((name) =>
          acceptsFlag(flag, name === '' ? null : name),
        )
        const spelt = shell === 'fish' ? `-l ${flag.name} ` : `--${flag.name}`
        expect(script.includes(spelt), flag.name).to.equal(isMade)
      }
      for (const { name } of SUBCOMMANDS) {
        const last = name.split(' ').at(-1) ?? ''
        expect(script).to.match(new RegExp(`\\b${last}\\b`))
      }
    })
  }
})
