import { expect } from 'chai'
import { openShell, type Shell } from '../support/command-line.ts'

/** C1 characters steer a terminal, and JSON does not escape them. */
const C1 = '\u009b'

describe('What the subcommands write', () => {
  let shell: Shell
  before(async () => {
    shell = await openShell()
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

  it('contains no control characters in an error', async () => {
    const { stderr } = await shell.letta(['replay', `none${C1}1m`])
    expect(stderr).to.include('none1m').and.to.not.include(C1)
  })
})
