import { expect } from 'chai'
import { type Desktop, openDesktop } from '../../support/desktop.ts'

const BASH = { name: 'Bash', args: { command: 'touch made.txt' } }

describe('/permissions', () => {
  let desk: Desktop
  afterEach(() => desk.close())

  it('lists the mode and each rule with where it comes from', async () => {
    desk = await openDesktop([], {
      files: { '.letta/settings.json': '{"permissions":{"deny":["Read(secret)"]}}' },
      options: { allowed: ['Bash(ls)'], mode: 'acceptEdits' },
    })
    desk.types('/permissions').presses('enter')
    const shown = await desk.sees('Permissions')
    expect(shown).to.match(/▸ ● mode acceptEdits/)
    expect(shown).to.match(/deny Read\(secret\) +\.letta\/settings\.json/)
    expect(shown).to.match(/allow Bash\(ls\) +the command line/)
    desk.types('secret').presses('enter')
    await desk.sees('Read(secret) comes from .letta/settings.json: take it out there.')
  })

  it('takes back a rule of this session, which then asks again', async () => {
    desk = await openDesktop([{ calls: [BASH] }, { text: 'Made.' }, { calls: [BASH] }])
    desk.session.turns.send('Make it')
    const [call] = await desk.asks()
    await desk.session.approvals.allowAlways(call?.callId ?? '', 'Bash(touch made.txt)', 'session')
    await desk.settled()
    desk.types('/permissions').presses('enter').types('touch')
    await desk.sees('this session: take back')
    desk.presses('enter')
    await desk.sees('Taken back: allow Bash(touch made.txt)')
    expect(desk.session.store.state.rules.allow).to.deep.equal([])
    desk.session.turns.send('Again')
    expect((await desk.asks())[0]?.label).to.include('touch made.txt')
  })

  it('removes the chosen rule although the list changed while it was open', async () => {
    desk = await openDesktop()
    const [first, second, third] = ['one', 'two', 'three'].map(
      (name) => ({ text: `Bash(${name})`, source: 'session' }) as const,
    )
    for (const rule of [first, second, third]) {
      if (rule !== undefined) desk.root.dispatch({ type: 'rule.added', list: 'allow', rule })
    }
    desk.types('/permissions').presses('enter').types('Bash(two)')
    if (first !== undefined)
      desk.root.dispatch({ type: 'rule.removed', list: 'allow', rule: first })
    desk.presses('enter')
    expect(desk.session.store.state.rules.allow).to.deep.equal([third])
  })

  it('takes a mode', async () => {
    desk = await openDesktop()
    desk.types('/permissions').presses('enter').types('plan')
    await desk.sees('plan: read-only')
    desk.presses('enter')
    expect(desk.session.store.state.mode).to.equal('plan')
  })
})
