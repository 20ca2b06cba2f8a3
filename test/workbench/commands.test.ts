import { mkdirSync, writeFileSync } from 'node:fs'
import { expect } from 'chai'
import { type ProgramFixture, setUpProgram } from '../support/program.ts'

describe('commands and completion in the workbench', () => {
  let desk: ProgramFixture
  afterEach(() => desk.clear())

  it('offers commands and files while they are typed, and tells the agent the file', async () => {
    desk = await setUpProgram([{ text: 'It greets.' }])
    const workbench = desk.opens({ columns: 100, rows: 30 })
    await workbench.sees('ready')
    await workbench.types('/').sees('▸ /help')
    await workbench.types('ren').sees('▸ /rename <name>')
    await workbench.presses('enter').sees('› /rename')
    await workbench.types('Ada').presses('enter').sees('The agent is called Ada now.')
    await workbench.types('Read @gre').sees('▸ greet.ts')
    await workbench.presses('tab').sees('› Read @greet.ts')
    await workbench.presses('enter').sees('It greets.')
    expect(JSON.stringify(desk.model.requests[0]?.body.messages)).to.contain('Read @greet.ts')
  })

  it('runs a command that is given at the start, and sends a path', async () => {
    desk = await setUpProgram([{ text: 'A folder.' }])
    const workbench = desk.opens({ args: ['/rename', 'Ada Lovelace'] })
    await workbench.sees('The agent is called Ada Lovelace now.')
    expect(desk.model.requests).to.deep.equal([])
    await workbench.quits()
    const slip = desk.opens({ args: ['/renam'] })
    await slip.sees('There is no command /renam. Did you mean /rename?')
    await slip.quits()
    await desk.opens({ args: ['/usr/bin', 'is what?'] }).sees('A folder.')
  })

  it('runs a prompt of one’s own that is given at the start', async () => {
    desk = await setUpProgram([{ text: 'Looks good.' }])
    mkdirSync(`${desk.home}/.letta/commands`, { recursive: true })
    writeFileSync(`${desk.home}/.letta/commands/review.md`, 'Review $ARGUMENTS closely.\n')
    await desk.opens({ args: ['/review greet.ts'] }).sees('Looks good.')
    expect(JSON.stringify(desk.model.requests[0]?.body.messages)).to.contain(
      'Review greet.ts closely.',
    )
  })

  it('takes another keymap and another theme at once, and keeps them', async () => {
    desk = await setUpProgram()
    const workbench = desk.opens({ columns: 100, rows: 30 })
    await workbench.sees('ready')
    await workbench.types('/keymap vim').presses('enter').sees('keymap "vim" now')
    await workbench.presses('escape').sees('▸ letta-workbench')
    await workbench.presses('i').types('/theme lihgt').presses('enter').sees('Did you mean light?')
    await workbench.types('/theme light').presses('enter').seesNoMore('› /theme')
    await workbench.quits()
    const again = desk.opens({ columns: 100, rows: 30 })
    await again.sees('ready')
    await again.presses('escape').sees('▸ letta-workbench')
    await again.presses('i')
    expect(await again.quits()).to.equal(0)
  })
})
