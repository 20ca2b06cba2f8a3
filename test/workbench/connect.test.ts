import { readFileSync } from 'node:fs'
import path from 'node:path'
import { expect } from 'chai'
import { type ProgramFixture, setUpProgram } from '../support/program.ts'

const KEY = 'sk-very-secret-1234567890'
const NO_MODEL = { OPENAI_API_KEY: undefined, OPENAI_BASE_URL: undefined }

describe('signing in from the workbench', function () {
  this.timeout(60_000)
  let desk: ProgramFixture
  beforeEach(async () => {
    desk = await setUpProgram([{ text: 'Good day.' }])
  })
  afterEach(() => desk.clear())

  const stored = (): unknown =>
    JSON.parse(readFileSync(path.join(desk.home, '.letta', 'settings.json'), 'utf8')).env

  it('takes an endpoint and a key that nobody sees, and goes on with its models', async () => {
    const workbench = desk.opens({ environment: NO_MODEL })
    await workbench.sees('There is no model to talk to yet.')
    await workbench.types('/connect').presses('enter').sees('▸   Anthropic')
    await workbench.types('compatible').presses('enter').sees('Its address')
    await workbench.types('my endpoint').presses('enter').sees('"my endpoint" is no address.')
    await workbench.presses('ctrl+u').types(desk.model.url.replace('http://', ''))
    await workbench.presses('enter').sees('Its key')
    await workbench.types(KEY).sees('•'.repeat(KEY.length))
    expect(workbench.screen()).to.not.include(KEY.slice(0, 6))
    await workbench.presses('enter').sees('╭ Model')
    expect(stored()).to.deep.equal({ OPENAI_API_KEY: KEY, OPENAI_BASE_URL: desk.model.url })
    await workbench.presses('enter').seesNoMore('╭ Model')
    await workbench.sees('the key is good')
    await workbench.types('Hello').presses('enter').sees('Good day.')
    await workbench.types('/logout').presses('enter')
    expect((await workbench.pty.exit).code).to.equal(0)
    expect(workbench.screen()).to.include(
      'Signed out: OPENAI_API_KEY and OPENAI_BASE_URL are forgotten.',
    )
    expect(workbench.screen()).to.not.include('stays in force')
    expect(stored()).to.deep.equal({})
  })
})
