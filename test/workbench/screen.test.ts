import { writeFileSync } from 'node:fs'
import { constants } from 'node:os'
import path from 'node:path'
import { expect } from 'chai'
import { NO_MODEL } from '../../lib/session/messages.ts'
import { PICKER_TITLES } from '../../ui/messages/dialogs.ts'
import { type ProgramFixture, setUpProgram } from '../support/program.ts'

describe('the screen of the workbench', () => {
  let desk: ProgramFixture
  afterEach(() => desk.clear())

  it('shows all panes side by side when there is room', async () => {
    desk = await setUpProgram()
    const workbench = desk.opens({ columns: 140, rows: 45 })
    await workbench.sees('ready')
    for (const title of ['Memory', 'Skills', 'Message', 'persona', 'Web Scraper']) {
      expect(workbench.screen()).to.contain(title)
    }
  })

  for (const [columns, rows] of [
    [80, 24],
    [60, 15],
    [40, 10],
  ] as const) {
    it(`shows the conversation and the message at ${columns}×${rows}, other panes when asked for`, async () => {
      desk = await setUpProgram()
      const workbench = desk.opens({ columns, rows })
      await workbench.sees('ready')
      expect(workbench.screen()).to.contain('Message').and.to.not.contain('Skills')
      await workbench.presses('f2').sees('persona')
    })
  }

  it('is laid out anew when the terminal changes its size', async () => {
    desk = await setUpProgram()
    const workbench = desk.opens({ columns: 80, rows: 24 })
    await workbench.sees('ready')
    workbench.pty.resize(140, 45)
    await workbench.sees('Web Scraper')
    workbench.pty.resize(60, 15)
    await workbench.seesNoMore('Web Scraper')
  })

  it('opens without any model, and says the three ways to one', async () => {
    desk = await setUpProgram()
    const none = { OPENAI_API_KEY: undefined, OPENAI_BASE_URL: undefined }
    const workbench = desk.opens({ environment: none })
    await workbench.sees(NO_MODEL)
    await workbench.sees('ANTHROPIC_API_KEY')
    expect(await workbench.quits()).to.equal(0)
  })

  it('keeps hostile text of the model from the terminal', async () => {
    const text = 'before\u001b]0;owned\u0007\u001b[?1049l\u009d52;c;eA==\u009cafter'
    desk = await setUpProgram([{ text: [text] }])
    const workbench = desk.opens()
    await workbench.sees('ready')
    await workbench.types('Attack').presses('enter').sees('after')
    expect(workbench.pty.modes()).to.include({ alternateScreen: true })
    expect(workbench.pty.modes().title).to.not.contain('owned')
    expect(workbench.pty.raw()).to.not.contain('\u001b]0;owned')
  })

  it('restores the terminal on SIGTERM, with its exit code', async () => {
    desk = await setUpProgram()
    const workbench = desk.opens({ columns: 80, rows: 24 })
    await workbench.sees('ready')
    process.kill(workbench.pty.pid, 'SIGTERM')
    expect((await workbench.pty.exit).code).to.equal(143)
    expect(workbench.pty.modes()).to.include({ alternateScreen: false, mouse: 'none' })
  })

  it('ends with its terminal, as a hangup ends it: without a core file', async () => {
    desk = await setUpProgram()
    const workbench = desk.opens({ columns: 80, rows: 24 })
    await workbench.sees('ready')
    workbench.pty.hangUp()
    expect((await workbench.pty.exit).signal).to.equal(constants.signals.SIGHUP)
  })

  it('restores the terminal when the program has a bug, and shows it', async () => {
    desk = await setUpProgram()
    const bug = path.join(desk.home, 'bug.mjs')
    writeFileSync(
      bug,
      "process.on('SIGUSR2', () => { setImmediate(() => { throw new Error('a bug to find') }) })\n",
    )
    const workbench = desk.opens({ node: ['--import', bug], columns: 80, rows: 24 })
    await workbench.sees('ready')
    process.kill(workbench.pty.pid, 'SIGUSR2')
    expect((await workbench.pty.exit).code).to.equal(70)
    expect(workbench.pty.modes()).to.include({ alternateScreen: false, mouse: 'none' })
    expect(workbench.screen()).to.contain('a bug to find')
  })
})

describe('an agent that the server does not know', () => {
  let desk: ProgramFixture
  afterEach(() => desk.clear())

  it('is asked about: the person picks another, or makes a new one', async () => {
    desk = await setUpProgram([{ text: 'Here I am.' }])
    const lost = 'agent-00000000-0000-4000-8000-000000000000'
    const workbench = desk.opens({ args: ['--agent', lost], columns: 100, rows: 30 })
    await workbench.sees(PICKER_TITLES.missingAgent)
    await workbench.presses('enter').sees('ready')
    await workbench.types('Hello').presses('enter').sees('Here I am.')
    expect(await workbench.quits()).to.equal(0)
  })
})
