import { expect } from 'chai'
import { TURN_COMMANDS } from '../../../lib/commands/turn.ts'
import type { PermissionRule } from '../../../lib/permissions/types.ts'
import { modeUnavailable } from '../../../lib/session/messages/settings.ts'
import { policyOf } from '../../../lib/session/policy.ts'
import { withSession } from '../../support/with-session.ts'

describe('The rules port', () => {
  const desk = withSession()

  it('removes rules of this session and what a file allows, never a denial or what a flag allows', async () => {
    const settings = { permissions: { allow: ['Bash(make)', 'Bash(date)'], deny: ['Bash(rm:*)'] } }
    await desk.start([], {
      files: { '.letta/settings.json': JSON.stringify(settings) },
      options: { allowed: ['Bash(ls)'], trustThisRun: true },
    })
    await desk.session.opened
    const { store, rules } = desk.session
    const flag: PermissionRule = { text: 'Bash(ls)', source: 'flag' }
    const made: PermissionRule = { text: 'Bash(make)', source: 'project' }
    const denied: PermissionRule = { text: 'Bash(rm:*)', source: 'project' }
    const added: PermissionRule = { text: 'Bash(pwd)', source: 'session' }
    store.dispatch({ type: 'rule.added', list: 'allow', rule: added })
    for (const rule of [flag, made, added]) await rules.remove('allow', rule)
    await rules.remove('deny', denied)
    const left = { text: 'Bash(date)', source: 'project' }
    expect(store.state.rules.allow).to.have.deep.members([flag, left])
    expect(store.state.rules.deny).to.deep.equal([denied])
    expect(JSON.parse(desk.read('.letta/settings.json')).permissions).to.deep.equal({
      allow: ['Bash(date)'],
      deny: ['Bash(rm:*)'],
    })
  })

  it('keeps the rules of this session when those of the files are read again', async () => {
    await desk.start([], { files: { '.skills/web/SKILL.MD': '---\nname: web\n---\n' } })
    await desk.session.opened
    const { store, rules } = desk.session
    const added: PermissionRule = { text: 'Bash(pwd)', source: 'session' }
    const denied: PermissionRule = { text: 'Bash(rm:*)', source: 'session' }
    store.dispatch({ type: 'rule.added', list: 'allow', rule: added })
    store.dispatch({ type: 'rule.added', list: 'deny', rule: denied })
    await rules.trust(store.state.grants)
    expect(store.state.trusted).to.equal(true)
    expect(store.state.rules).to.deep.equal({ allow: [added], deny: [denied], ask: [] })
  })

  it('steps to the mode that allows everything only after it was chosen once', async () => {
    await desk.start()
    await desk.session.opened
    const { store, rules } = desk.session
    const next = TURN_COMMANDS.find(({ id }) => id === 'mode.next')
    const steps = (count: number): readonly string[] =>
      Array.from({ length: count }, () => {
        next?.run({ session: desk.session } as Parameters<typeof next.run>[0], '')
        return store.state.mode
      })
    expect(steps(3)).to.deep.equal(['acceptEdits', 'plan', 'default'])
    rules.setMode('bypassPermissions')
    expect(steps(4)).to.deep.equal(['default', 'acceptEdits', 'plan', 'bypassPermissions'])
  })

  it('refuses modes that need denials which cannot be read, and the next mode skips them', async () => {
    await desk.start([], {
      files: { '.letta/settings.json': '{"permissions": {"deny": ["Bash(rm"]}}' },
      options: { mode: 'bypassPermissions' },
    })
    const { store, rules } = desk.session
    expect(store.state.mode).to.equal('default')
    for (const mode of ['bypassPermissions', 'acceptEdits'] as const) {
      expect(() => rules.setMode(mode)).to.throw(modeUnavailable(mode))
    }
    const next = TURN_COMMANDS.find(({ id }) => id === 'mode.next')
    const modes = [1, 2].map(() => {
      next?.run({ session: desk.session } as Parameters<typeof next.run>[0], '')
      return store.state.mode
    })
    expect(modes).to.deep.equal(['plan', 'default'])
    store.dispatch({ type: 'mode.changed', mode: 'bypassPermissions' })
    const bounds = { directory: desk.project, home: desk.home, readable: [] }
    expect(policyOf({ store, bounds }).mode).to.equal('default')
  })
})
