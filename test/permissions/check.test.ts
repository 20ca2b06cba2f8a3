import { expect } from 'chai'
import { checkLine, type ToRequest } from '../../lib/permissions/check.ts'
import { requestFor } from '../support/permission-requests.ts'

const check = (line: string): unknown => JSON.parse(checkLine(line, requestFor, (path) => path))

const call = (more: object): string =>
  JSON.stringify({ tool: 'Bash', args: { command: 'npm test' }, cwd: '/p', home: '/h', ...more })

describe('a checked line', () => {
  it('is answered with the decision, the rule and the reason', () => {
    expect(check(call({ rules: { allow: ['Bash(npm test)'] }, mode: 'default' }))).to.deep.equal({
      decision: 'allow',
      rule: 'Bash(npm test)',
      because: 'A rule allows exactly this line.',
    })
    expect(check(call({ mode: 'plan' }))).to.deep.equal({
      decision: 'deny',
      rule: null,
      because: 'Plan mode changes nothing, and this may not only read.',
    })
  })

  it('takes no rule from what is no text', () => {
    expect(check(call({ rules: { allow: [null, 1, {}], deny: 'x', ask: null } }))).to.include({
      decision: 'ask',
    })
  })

  it('is asked about, with the reason, when it cannot be read', () => {
    for (const line of [
      '',
      '{',
      '[]',
      '{}',
      call({ cwd: 'p' }),
      call({ mode: 'x' }),
      call({ rules: 1 }),
    ]) {
      expect(check(line), line).to.have.all.keys('decision', 'rule', 'because', 'error')
    }
  })

  it('is asked about when the command is no text', () => {
    const toRequest: ToRequest = (tool) => ({
      tool,
      access: 'execute',
      // What a border that trusts its input would let through.
      subject: JSON.parse('{"kind":"command","command":["rm"]}'),
    })
    expect(JSON.parse(checkLine(call({}), toRequest, (path) => path))).to.include({
      decision: 'ask',
    })
  })

  it('is judged by name when no tool takes the arguments', () => {
    const judged = (more: object): unknown =>
      JSON.parse(
        checkLine(
          call({ tool: 'X', ...more }),
          () => null,
          (path) => path,
        ),
      )
    expect(judged({})).to.include({ decision: 'ask' })
    expect(judged({ mode: 'bypassPermissions' })).to.include({ decision: 'allow' })
    expect(judged({ rules: { deny: ['X'] } })).to.include({ decision: 'deny', rule: 'X' })
  })
})
