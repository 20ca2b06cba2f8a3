import { expect } from 'chai'
import type { PermissionRule } from '../../../lib/permissions/types.ts'
import { openDesk, type SessionDesk } from '../../support/session.ts'

describe('The rules port', () => {
  let desk: SessionDesk
  afterEach(() => desk.close())

  it('removes rules of this session only, never one that a file or a flag has', async () => {
    desk = await openDesk([], { options: { allowed: ['Bash(ls)'] } })
    await desk.session.opened
    const { store, rules } = desk.session
    const [flag] = store.state.rules.allow
    const added: PermissionRule = { text: 'Bash(pwd)', source: 'session' }
    store.dispatch({ type: 'rule.added', list: 'allow', rule: added })
    if (flag === undefined) throw new Error('no rule')
    rules.remove('allow', flag)
    rules.remove('allow', added)
    expect(store.state.rules.allow).to.deep.equal([flag])
  })
})
