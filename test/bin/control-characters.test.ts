import { readFileSync } from 'node:fs'
import { expect } from 'chai'
import fastGlob from 'fast-glob'
import { denialMessage, reasons } from '../../lib/permissions/messages.ts'
import { openShell, type Shell } from '../support/command-line.ts'

/** C1 characters steer a terminal, and JSON does not escape them. */
const C1 = '\u009b'
/** Displays what follows from right to left. */
const BIDI = '\u202e'
const HOSTILE = `a\u001b]0;x\u0007${C1}1m${BIDI}b`

describe('What the subcommands write', () => {
  let shell: Shell
  before(async () => {
    shell = await openShell([{ text: HOSTILE }])
  })
  after(() => shell.close())

  it('contains the control characters of a tool’s result escaped', async () => {
    const call = { command: "printf 'a\\302\\2331mb'" }
    const given = ['tools', 'call', 'Bash', JSON.stringify(call), '--yolo']
    const { stdout } = await shell.letta(given)
    expect(JSON.parse(stdout)).to.include({ status: 'success', tool_return: `a${C1}1mb` })
    expect(stdout).to.not.include(C1)
  })

  it('contains the control characters of a rule escaped', async () => {
    const rule = `Bash(echo ${C1})`
    const line = { tool: 'Bash', args: { command: `echo ${C1}` }, cwd: '/', home: '/' }
    const input = JSON.stringify({ ...line, rules: { deny: [rule] } })
    const { stdout } = await shell.letta(['permissions', 'check'], { input })
    expect(JSON.parse(stdout)).to.include({ decision: 'deny', rule })
    expect(stdout).to.not.include(C1)
  })

  it('spells out what cannot be seen in a rule, in a list of rules and in a denial', async () => {
    const rule = 'Bash(echo a\x1b[2J\u200bb)'
    const listed = await shell.letta(['permissions', 'list', '--allowedTools', rule])
    expect(listed.stdout).to.include('Bash(echo a\\x1b[2J\\u200bb)')
    const verdict = { decision: 'deny', rule, source: 'flag', part: null } as const
    expect(denialMessage({ ...verdict, because: reasons.deniedByRule })).to.include(
      'Bash(echo a\\x1b[2J\\u200bb)',
    )
  })

  it('contains no control characters in an error', async () => {
    const { stderr } = await shell.letta(['replay', `none${C1}1m`])
    expect(stderr).to.include('none\\x9b1m').and.to.not.include(C1)
  })

  it('contains no bidi controls, in answers, lists, blocks and errors alike', async () => {
    const { stdout } = await shell.letta(['-p', HOSTILE])
    const block = ['memory', 'edit', 'human']
    await shell.letta(block, { input: HOSTILE })
    const shown = [
      { stdout, stderr: '' },
      await shell.letta(['messages', 'list']),
      await shell.letta(['memory', 'show', 'human']),
      await shell.letta(['memory', 'show', HOSTILE]),
      await shell.letta([`--${HOSTILE}`]),
      await shell.letta(['--info', '--cwd', HOSTILE]),
    ]
    for (const { stdout: out, stderr } of shown) {
      expect(out + stderr)
        .to.include('b')
        .and.not.match(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202e]/)
    }
  })

  it('contains them escaped as JSON, so that programs read the original', async () => {
    const { stdout } = await shell.letta(['memory', 'show', 'human', '--json'])
    expect(stdout).to.not.match(/[\u007f-\u009f\u202e]/)
    expect(JSON.parse(stdout)).to.include({ value: HOSTILE })
  })

  it('passes one writer for each stream', () => {
    // What draws on the terminal itself, and what runs before or without the program.
    const exempt = /^bin\/(dev|build|setup|bootstrap|letta\.ts|letta\.mjs|io\/safe-output)/
    const files = fastGlob.sync('bin/**/*.{ts,mjs}').filter((file) => !exempt.test(file))
    const raw = files.filter((file) =>
      /process\.std(out|err)\.write|console\.(log|error|warn)/.test(readFileSync(file, 'utf8')),
    )
    expect(raw).to.deep.equal([])
  })
})
