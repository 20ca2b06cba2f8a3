import { readFileSync } from 'node:fs'
import path from 'node:path'
import { expect } from 'chai'
import { signedOut, stillSet } from '../../lib/session/messages/accounts.ts'
import { agentCreated } from '../../lib/session/messages/agents.ts'
import {
  CONNECTION_VERIFIED,
  enterAddress,
  enterKey,
  FIRST_START,
  SIGN_IN,
} from '../../ui/messages/accounts.ts'
import { NO_MODEL_FOUND } from '../../ui/messages/models.ts'
import { PICKER_TITLES } from '../../ui/messages/program.ts'
import { composerTexts } from '../../ui/view/messages/composer.ts'
import { conversationTexts, startCard } from '../../ui/view/messages/conversation.ts'
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

  it('opens the list by a letter, takes an address without its path, and names the agent after the directory', async () => {
    desk.write('.gitignore', 'node_modules\n')
    const workbench = desk.opens({ environment: NO_KEYS, built: true })
    await workbench.sees(PICKER_TITLES.firstStart)
    await workbench.presses('escape').seesNoMore(PICKER_TITLES.firstStart)
    // The first command that begins so is not available yet; Enter runs the one that is.
    await workbench.types('/con').sees('▸ /connect')
    await workbench.presses('enter').sees(PICKER_TITLES.firstStart)
    await workbench.presses('escape').sees(composerTexts.withoutModel('c'))
    await workbench.types('c').sees(PICKER_TITLES.firstStart)
    await workbench.types('compatible').presses('enter').sees(enterAddress('provider'))
    const address = desk.model.url.replace(/\/v1$/, '')
    await workbench.types(address).presses('enter').sees(CONNECTION_VERIFIED)
    expect(stored()).to.deep.equal({ OPENAI_BASE_URL: address })
    await workbench.sees('─ project ─')
    await workbench.sees(agentCreated('project'))
    expect(workbench.screen())
      .to.not.include(composerTexts.withoutModel('c'))
      .and.not.include(startCard.connectByKey('c').slice(0, 30))
    await workbench.types('Hello').presses('enter').sees('Good day.')
    await workbench.quits()
    // What is personal is hidden from git without a change of the project's file.
    expect(desk.read('.gitignore')).to.equal('node_modules\n')
    expect(desk.read('.git/info/exclude')).to.include('.letta/settings.local.json')
  })

  it('starts the demo from the list of the first start, which says what it is and what to do', async () => {
    const workbench = desk.opens({ environment: NO_KEYS })
    await workbench.sees(FIRST_START.demo.title)
    await workbench.types('demo').presses('enter').sees('demo/tour')
    await workbench.sees(conversationTexts.demo.slice(0, 80))
    expect(await workbench.quits()).to.equal(0)
  })
})
