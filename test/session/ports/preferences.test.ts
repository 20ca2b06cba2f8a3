import { expect } from 'chai'
import { withSession } from '../../support/with-session.ts'

describe('The preferences port', () => {
  const desk = withSession()

  it('has saved what was chosen when the session is closed at once', async () => {
    await desk.start()
    await desk.session.opened
    const { preferences, rules } = desk.session
    const work = [preferences.save('theme', 'nord'), rules.reviewMemory(false), rules.trust([])]
    await desk.session.close()
    expect(desk.settings('home', 'settings.json')).to.include({
      theme: 'nord',
      reviewMemory: false,
    })
    expect(JSON.stringify(desk.settings('home', 'trust.json'))).to.include('"trusted":true')
    await Promise.all(work)
  })
})
