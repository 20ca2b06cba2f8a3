import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { expect } from 'chai'
import { CHOOSE_PROMPT, MODEL_PROMPT, modelNameNotFound } from '../../bin/messages.ts'
import { NOTHING_SAVED } from '../../lib/client/messages.ts'
import { SETTINGS_SCHEMA } from '../../lib/settings/settings.ts'
import { withProgram } from '../support/with-program.ts'

const KEY = 'Canary_Quartz_7781'
const NO_MODEL = { OPENAI_API_KEY: undefined, OPENAI_BASE_URL: undefined }

describe('letta connect in a terminal', function () {
  this.timeout(60_000)
  const desk = withProgram()
  beforeEach(async () => {
    await desk.setUp()
  })

  const settings = (): string => path.join(desk.home, '.letta', 'settings.json')

  it('asks for provider, URL, key and model, and echoes no character of the key', async () => {
    const { pty } = desk.opens({ args: ['connect'], environment: NO_MODEL })
    await pty.waitFor(CHOOSE_PROMPT.trim())
    pty.type('endpoint\r')
    await pty.waitFor('URL of')
    pty.type(`${desk.model.url}\r`)
    await pty.waitFor('API key for')
    pty.type(`${KEY}x\x7f`)
    await pty.settle()
    pty.type('\r')
    await pty.waitFor(MODEL_PROMPT.trim())
    pty.type('scriptd\r')
    await pty.waitFor(modelNameNotFound('scriptd', ['openai/scripted']))
    pty.type('scripted\r')
    expect((await pty.exit).code).to.equal(0)
    expect(pty.raw()).to.not.match(/Canary|Quartz|7781|\*\*\*/)
    const env = { OPENAI_API_KEY: KEY, OPENAI_BASE_URL: desk.model.url }
    expect(JSON.parse(readFileSync(settings(), 'utf8'))).to.deep.equal({
      $schema: SETTINGS_SCHEMA,
      env,
      model: 'openai/scripted',
    })
  })

  it('saves nothing after Ctrl+C, and restores the terminal', async () => {
    const { pty } = desk.opens({ args: ['connect', 'anthropic'], environment: NO_MODEL })
    await pty.waitFor('API key for Anthropic')
    pty.type('half-a-key')
    pty.press('ctrl+c')
    await pty.waitFor(NOTHING_SAVED)
    expect((await pty.exit).code).to.equal(130)
    expect(pty.raw()).to.not.include('half')
    expect(existsSync(settings())).to.equal(false)
  })

  it('ends at Ctrl+D without saving a key', async () => {
    const { pty } = desk.opens({ args: ['connect', 'anthropic'], environment: NO_MODEL })
    await pty.waitFor('API key for Anthropic')
    pty.press('ctrl+d')
    expect((await pty.exit).code).to.equal(1)
    expect(existsSync(settings())).to.equal(false)
  })
})
