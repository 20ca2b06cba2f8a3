import { expect } from 'chai'
import { initPrompt } from '../../../lib/prompts/index.ts'
import { type Desktop, openDesktop } from '../../support/desktop.ts'
import { conversation } from '../../support/session.ts'

describe('commands about memory', () => {
  let desk: Desktop
  afterEach(() => desk.close())

  const asked = (): string => conversation(desk.endpoint.requests[0])[0] ?? ''

  it('/remember TEXT asks the agent to put it into its memory', async () => {
    desk = await openDesktop([{ text: 'Noted in human.' }])
    desk.types('/remember I like tea').presses('enter')
    await desk.sees('Noted in human.')
    expect(asked())
      .to.include('with your memory tools')
      .and.match(/\n\nI like tea$/)
  })

  it('/remember alone asks it to look back over the conversation', async () => {
    desk = await openDesktop([{ text: 'Nothing new.' }])
    desk.types('/remember ').presses('enter')
    await desk.sees('Nothing new.')
    expect(asked()).to.include('Look back over our conversation')
  })

  it('/init asks it to fill the block about the project', async () => {
    desk = await openDesktop([{ text: 'Now I know it.' }])
    desk.types('/init').presses('enter')
    await desk.sees('Now I know it.')
    expect(asked()).to.equal(`user: ${initPrompt()}`)
    expect(asked()).to.include('memory block "project"')
  })
})
