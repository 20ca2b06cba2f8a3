import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { expect } from 'chai'
import { type ProgramFixture, setUpProgram } from '../support/program.ts'

const KEY = 'Canary_Quartz_7781'
const NO_MODEL = { OPENAI_API_KEY: undefined, OPENAI_BASE_URL: undefined }

describe('letta connect in a terminal', function () {
  this.timeout(60_000)
  let desk: ProgramFixture
  beforeEach(async () => {
    desk = await setUpProgram()
  })
  afterEach(() => desk.clear())

  const settings = (): string => path.join(desk.home, '.letta', 'settings.json')

  it('asks for what it needs, and echoes no letter of the key', async () => {
    const { pty } = desk.opens({ args: ['connect'], environment: NO_MODEL })
    await pty.waitFor('Which one?')
    pty.type('endpoint\r')
    await pty.waitFor('Address of')
    pty.type(`${desk.model.url}\r`)
    await pty.waitFor('Key of')
    pty.type(`${KEY}x\x7f`)
    await pty.settle()
    pty.type('\r')
    await pty.waitFor('Model of new agents')
    pty.type('scriptd\r')
    await pty.waitFor('There is no "scriptd". openai/scripted')
    pty.type('scripted\r')
    expect((await pty.exit).code).to.equal(0)
    expect(pty.raw()).to.not.match(/Canary|Quartz|7781|\*\*\*/)
    const kept = { OPENAI_API_KEY: KEY, OPENAI_BASE_URL: desk.model.url }
    expect(JSON.parse(readFileSync(settings(), 'utf8'))).to.deep.equal({
      env: kept,
      model: 'openai/scripted',
    })
  })

  it('keeps nothing after ctrl+c, and gives the terminal back', async () => {
    const { pty } = desk.opens({ args: ['connect', 'anthropic'], environment: NO_MODEL })
    await pty.waitFor('Key of Anthropic')
    pty.type('half-a-key')
    pty.press('ctrl+c')
    await pty.waitFor('Nothing was kept.')
    expect((await pty.exit).code).to.equal(130)
    expect(pty.raw()).to.not.include('half')
    expect(existsSync(settings())).to.equal(false)
  })

  it('ends at ctrl+d without a key', async () => {
    const { pty } = desk.opens({ args: ['connect', 'anthropic'], environment: NO_MODEL })
    await pty.waitFor('Key of Anthropic')
    pty.press('ctrl+d')
    expect((await pty.exit).code).to.equal(1)
    expect(existsSync(settings())).to.equal(false)
  })
})
