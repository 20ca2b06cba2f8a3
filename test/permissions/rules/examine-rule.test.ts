import { expect } from 'chai'
import { ruleErrors } from '../../../lib/permissions/messages.ts'
import { examineRule, TOOL_NAMES } from '../../../lib/permissions/rules/examine-rule.ts'
import { TOOLS } from '../../../lib/tools/index.ts'

describe('The examination of a rule', () => {
  it('say that a server runs its tools without rules', () => {
    for (const rule of ['run_code', 'mcp__db__query']) {
      expect(examineRule(rule, 'deny'), rule).to.deep.equal({
        reason: ruleErrors.serverTool(rule),
        meant: null,
        isUnusable: false,
      })
    }
  })

  it('names what keeps a denial from matching any command', () => {
    const { starNotLast, invisibleCharacters, programPattern } = ruleErrors
    for (const [rule, reason] of [
      ['Bash(*rm*)', starNotLast],
      ['Bash(r*m:*)', starNotLast],
      ['Bash(npm*:*)', starNotLast],
      ['Bash(rm\u200b:*)', invisibleCharacters],
      ['Bash(rm\u00a0-rf:*)', invisibleCharacters],
      ['Bash(rm:-rf:*)', programPattern],
      ['Bash(rm:)', programPattern],
      ['Bash({rm,mv}:*)', programPattern],
      ['Bash([rm]:*)', programPattern],
      ['Bash(/rm/)', programPattern],
    ] as const)
      expect(examineRule(rule, 'deny')?.reason, rule).to.equal(reason)
    // A rule for all commands is not what was meant.
    expect(examineRule('Bash(*rm*)', 'deny')?.meant).to.equal(null)
  })

  it('accepts every form of denial that matches commands', () => {
    const rules = ['rm:*', 'rm*', 'rm *', 'git *push*', 'C:/x.exe:*', '[ -f x ]', ':(){ :|:& };:']
    for (const rule of [...rules, '*', ':*', 'rm a; mv b c', 'npm run a:b', 'npx x@1:*'])
      expect(examineRule(`Bash(${rule})`, 'deny'), rule).to.equal(null)
    expect(examineRule('Read(a\u202fb.png)', 'deny')).to.equal(null)
  })

  it('knows the name of every local tool', () => {
    expect(TOOL_NAMES).to.have.members(TOOLS.map(({ name }) => name))
  })

  it('accepts the other names of a tool, and names that a server can have', () => {
    for (const rule of ['MultiEdit(a)', 'shell(rm:*)', '*']) {
      expect(examineRule(rule, 'deny'), rule).to.equal(null)
    }
  })
})
