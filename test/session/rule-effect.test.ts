import { expect } from 'chai'
import type { RuleSuggestion } from '../../lib/permissions/types.ts'
import { invalidRule } from '../../lib/session/messages.ts'
import { messageOf } from '../../lib/util/user-error.ts'
import { rejection } from '../support/rejection.ts'
import { withSession } from '../support/with-session.ts'

describe('What a rule would have allowed', () => {
  const desk = withSession()

  const bash = (id: string, command: string) => ({ id, name: 'Bash', args: { command } })
  const rule = (text: string): RuleSuggestion => ({ rule: text, scope: 'session' })

  it('is counted by deciding the calls of the conversation again, and names the dangerous ones once', async () => {
    const calls = [
      bash('c1', 'rm a'),
      bash('c2', 'rm -f b'),
      bash('c3', 'rm -f b'),
      bash('c4', 'ls'),
      bash('c5', 'touch c'),
    ]
    const options = { mode: 'bypassPermissions' as const }
    await desk.start([{ calls }, { text: 'Done.' }], { options })
    await desk.says('Go')
    const { approvals } = desk.session
    expect(await approvals.ruleEffect(rule('Bash(rm:*)'), () => true)).to.deep.equal({
      calls: 5,
      allowed: 3,
      dangerous: ['rm -f b'],
    })
    expect(await approvals.ruleEffect(rule('Bash(ls:*)'), () => true)).to.deep.equal({
      calls: 5,
      allowed: 0,
      dangerous: [],
    })
    expect(await approvals.ruleEffect(rule('Bash(rm:*)'), () => false)).to.equal(null)
    const refused = await rejection(approvals.ruleEffect(rule('Bash('), () => true))
    expect(messageOf(refused)).to.include(invalidRule('Bash(', '').trim())
  })
})
