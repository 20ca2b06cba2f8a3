import { readFileSync } from 'node:fs'
import path from 'node:path'
import { expect } from 'chai'
import { signedOut, stillSet } from '../../lib/session/messages/accounts.ts'
import {
  CONNECTION_VERIFIED,
  enterAddress,
  enterKey,
  FIRST_START,
  SIGN_IN,
} from '../../ui/messages/accounts.ts'
import { NO_MODEL_FOUND } from '../../ui/messages/models.ts'
import { PICKER_TITLES } from '../../ui/messages/program.ts'
import { withProgram } from '../support/with-program.ts'

const NO_KEYS = { OPENAI_API_KEY: undefined, OPENAI_BASE_URL: undefined }

describe('Connecting to a provider from the workbench', function () {
  this.timeout(60_000)
  const desk = withProgram()
  beforeEach(async () => {
    await desk.setUp([{ text: 'Good day.' }])
  })

  const stored = (): unknown =>
    JSON.parse(readFileSync(path.join(desk.home, '.letta', 'settings.json'), 'utf8')).env

  it('lists the accounts without a model, tests an endpoint, uses its only model, and signs out again', async () => {
    const workbench = desk.opens({ environment: NO_KEYS })
    await workbench.sees(PICKER_TITLES.firstStart)
    await workbench.sees('▸   Anthropic')
    await workbench.types('on this machine').presses('enter').sees(NO_MODEL_FOUND)
    await workbench.sees(PICKER_TITLES.firstStart)
    await workbench.types('compatible').presses('enter').sees(enterAddress('provider'))
    await workbench
      .types('my endpoint')
      .presses('enter')
      .sees(/"my endpoint"/)
    await workbench.presses('ctrl+u').types(desk.model.url.replace('http://', ''))
    await workbench.presses('enter').sees(CONNECTION_VERIFIED)
    expect(stored()).to.deep.equal({ OPENAI_BASE_URL: desk.model.url })
    await workbench.types('Hello').presses('enter').sees('Good day.')
    await workbench.types('/logout').presses('enter')
    expect((await workbench.pty.exit).code).to.equal(0)
    expect(workbench.screen()).to.include(signedOut(['OPENAI_BASE_URL']))
    expect(workbench.screen()).to.not.include(stillSet(['OPENAI_API_KEY']))
    expect(stored()).to.deep.equal({})
  })

  it('returns to the list of the first start from each of its choices by Escape', async () => {
    const workbench = desk.opens({ environment: NO_KEYS })
    await workbench.sees(PICKER_TITLES.firstStart)
    for (const [choice, shown] of [
      ['Anthropic', enterKey(false).slice(0, 20)],
      ['compatible', enterAddress('provider')],
      ['Letta Cloud', SIGN_IN.byCode.title],
      ['Self-hosted', enterAddress('server')],
    ] as const) {
      await workbench.types(choice).presses('enter').sees(shown)
      await workbench.presses('escape').sees(PICKER_TITLES.firstStart)
    }
    expect(await workbench.quits()).to.equal(0)
  })

  it('starts the demo from the list of the first start', async () => {
    const workbench = desk.opens({ environment: NO_KEYS })
    await workbench.sees(FIRST_START.demo.title)
    await workbench.types('demo').presses('enter').sees('demo/tour')
    expect(await workbench.quits()).to.equal(0)
  })
})
