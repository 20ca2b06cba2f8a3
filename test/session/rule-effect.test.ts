import { expect } from 'chai'
import type { RuleSuggestion } from '../../lib/permissions/types.ts'
import { invalidRule } from '../../lib/session/messages/approvals.ts'
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

  it('is counted in the other conversations of the agent as well, those that are not shown included', async () => {
    const calls = (id: string) => ({ calls: [bash(`${id}1`, 'rm -f b'), bash(`${id}2`, 'ls')] })
    const done = { text: 'Done.' }
    await desk.start([calls('a'), done, calls('b'), done, calls('c'), done], {
      options: { mode: 'bypassPermissions' },
    })
    await desk.says('Go')
    await desk.session.conversations.start()
    await desk.says('Go')
    await desk.session.conversations.start()
    await desk.says('Go')
    const effect = await desk.session.approvals.ruleEffect(rule('Bash(rm:*)'), () => true)
    expect(effect).to.deep.equal({ calls: 6, allowed: 3, dangerous: ['rm -f b'] })
  })

  it('is counted once for calls that a copy of the conversation has, too', async () => {
    const calls = [bash('a1', 'rm b'), bash('a2', 'rm b')]
    await desk.start([{ calls }, { text: 'Done.' }, { text: 'Noted.' }], {
      options: { mode: 'bypassPermissions' },
    })
    await desk.says('Go')
    await desk.says('Go on')
    const { approvals, conversations, store } = desk.session
    const before = store.state.settled.findLast(({ type }) => type === 'user')?.id ?? ''
    await conversations.fork({ before })
    const effect = await approvals.ruleEffect(rule('Bash(rm:*)'), () => true)
    expect(effect).to.deep.equal({ calls: 2, allowed: 2, dangerous: [] })
  })

  it('is counted once for what is both shown and stored', async () => {
    await desk.start([{ calls: [bash('a1', 'rm b')] }, { text: 'Done.' }], {
      options: { mode: 'bypassPermissions' },
    })
    await desk.says('Go')
    const { settled } = desk.session.store.state
    desk.session.store.dispatch({ type: 'history.loaded', entries: settled, earlier: true })
    expect(await desk.session.approvals.ruleEffect(rule('Bash(rm:*)'), () => true)).to.deep.equal({
      calls: 1,
      allowed: 1,
      dangerous: [],
    })
  })
})
