import { expect } from 'chai'
import { type Desktop, openDesktop } from '../../support/desktop.ts'
import { conversation } from '../../support/session.ts'

describe('prompts of one’s own in the workbench', () => {
  let desk: Desktop
  afterEach(() => desk.close())

  const files = {
    '.letta/commands/deploy.md': '---\ndescription: Ship it\n---\nShip $ARGUMENTS now',
  }

  it('are listed with their source in palette and help, and sent to the agent', async () => {
    desk = await openDesktop([{ text: 'Shipped.' }], { files, options: { trustThisRun: true } })
    desk.presses('ctrl+p').types('ship it')
    expect(await desk.sees('/deploy · this project’s')).to.match(/▸ +Ship it/)
    desk.presses('escape', 'f1', 'pagedown')
    expect(await desk.sees('/deploy')).to.include('Ship it (this project’s)')
    desk.presses('escape').types('/deploy version 2').presses('enter')
    await desk.sees('Shipped.')
    expect(conversation(desk.endpoint.requests[0])).to.deep.equal(['user: Ship version 2 now'])
  })

  it('of a folder are not there until it is trusted', async () => {
    desk = await openDesktop([], { files })
    desk.types('/deploy x').presses('enter')
    await desk.sees('There is no command /deploy.')
    await desk.session.rules.trust()
    await desk.root.when(({ workbench }) => workbench.prompts[0])
    desk.presses('ctrl+p').types('deploy')
    await desk.sees('this project’s')
  })
})
