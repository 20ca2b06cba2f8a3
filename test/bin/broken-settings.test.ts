import { existsSync } from 'node:fs'
import path from 'node:path'
import { expect } from 'chai'
import {
  BROKEN_SETTINGS_HINT,
  denialsLost,
  MODES_LIMITED,
  ruleNotInEffect,
} from '../../bin/messages.ts'
import { ruleErrors } from '../../lib/permissions/messages.ts'
import { expectedHere, ruleWithoutEffect } from '../../lib/settings/messages.ts'
import { withProgram } from '../support/with-program.ts'

const REMOVE = { calls: [{ id: 'c1', name: 'Bash', args: { command: 'rm greet.ts' } }] }
const FILE = '.letta/settings.json'
const UNREADABLE = '{\n  "permissions": { "deny": ["Bash(rm:*)" }\n}\n'

/** Nothing runs without a user while they cannot be read. */
describe('When denials of the settings cannot be read, letta', () => {
  const desk = withProgram()

  beforeEach(async () => {
    await desk.setUp([REMOVE, { text: 'Done.' }])
  })

  const reason = (): string => `${desk.project}/${FILE}:2:42: ${expectedHere('","')}`
  const isThere = (): boolean => existsSync(path.join(desk.project, 'greet.ts'))

  it('runs nothing headless, names the place and ends with exit code 2', async () => {
    desk.write(FILE, UNREADABLE)
    for (const args of [
      ['-p', 'hi', '--yolo'],
      ['-p', 'hi'],
      ['tools', 'call', 'Bash', '{"command": "rm greet.ts"}', '--yolo'],
    ]) {
      const { code, stderr } = await desk.runs(args)
      expect([code, stderr], args.join(' ')).to.deep.equal([
        2,
        `letta: ${denialsLost([reason()])}\n  ${BROKEN_SETTINGS_HINT}\n`,
      ])
    }
    expect(isThere()).to.equal(true)
    expect(desk.model.requests).to.deep.equal([])
  })

  it('runs with what can be read when a flag asks for it', async () => {
    desk.write(FILE, UNREADABLE)
    const { code, stderr } = await desk.runs(['-p', 'hi', '--yolo', '--ignore-broken-settings'])
    expect(code).to.equal(0)
    expect(stderr).to.include(reason())
    expect(isThere()).to.equal(false)
  })

  it('lists a rule without effect as such, with the rule that was meant', async () => {
    desk.write(FILE, '{"permissions": {"deny": ["Bash(curl", "Bash(rm:*)"]}}')
    const problem = ruleWithoutEffect('deny', 'Bash(curl', ruleErrors.malformed, 'Bash(curl)')
    const { code, stdout, stderr } = await desk.runs(['permissions', 'list'])
    expect(code).to.equal(0)
    expect(stdout).to.equal(
      `${ruleNotInEffect('deny   project  Bash(curl')}\ndeny   project  Bash(rm:*)\n`,
    )
    expect(stderr).to.include(`:1:27: ${problem}`).and.to.include(MODES_LIMITED)
    const info = await desk.runs(['--info', '--yolo'])
    expect(info.stdout)
      .to.include(`:1:27: ${problem}`)
      .and.to.match(/^mode +default$/m)
  })

  it('asks in the workbench, in bypass mode too', async () => {
    desk.write(FILE, '{"permissions": {"deny": ["Bsh(rm:*)"]}}')
    const letta = desk.opens({ args: ['--yolo'] })
    await letta.sees('Did you mean Bash(rm:*)?')
    await letta.sees('bypassPermissions is not available')
    letta.types('go').presses('enter')
    await letta.sees('rm greet.ts')
    await letta.sees('y approve once')
    expect(isThere()).to.equal(true)
  })
})
