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

  it('knows the name of every local tool', () => {
    expect(TOOL_NAMES).to.have.members(TOOLS.map(({ name }) => name))
  })

  it('accepts the other names of a tool, and names that a server can have', () => {
    for (const rule of ['MultiEdit(a)', 'shell(rm:*)', '*']) {
      expect(examineRule(rule, 'deny'), rule).to.equal(null)
    }
  })
})
