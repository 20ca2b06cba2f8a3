import { expect } from 'chai'
import { type ProgramFixture, setUpProgram } from '../support/program.ts'

describe('Memory and skills in the workbench', () => {
  let desk: ProgramFixture
  afterEach(() => desk.clear())

  it('show at once what the agent remembers, also after a restart', async () => {
    const insert = { name: 'memory_insert', args: { label: 'human', new_string: 'Likes tea.' } }
    desk = await setUpProgram([{ calls: [insert] }, { text: 'Noted.' }, { text: 'Tea it is.' }])
    const first = desk.opens()
    await first.sees('ready')
    await first.types('I like tea').presses('enter').sees('Noted.')
    await first.sees('changed by the agent')
    await first.sees('+ Likes tea.')
    await first.quits()

    const second = desk.opens()
    await second.sees('Noted.')
    await second.types('What do I like?').presses('enter').sees('Tea it is.')
    expect(JSON.stringify(desk.model.requests[2]?.body.messages)).to.contain('Likes tea.')
  })

  it('include what the person writes into a block in the next turn', async () => {
    desk = await setUpProgram([{ text: 'Understood.' }])
    const workbench = desk.opens()
    await workbench.sees('ready')
    await workbench.presses('f2').sees('▸ Memory')
    await workbench.presses('down', 'e').sees('Memory: editing human')
    await workbench.types('Hates tabs. ').presses('ctrl+s').sees('changed by you')
    await workbench.presses('f6').types('Hello').presses('enter').sees('Understood.')
    expect(JSON.stringify(desk.model.requests[0]?.body.messages)).to.contain('Hates tabs.')
  })

  it('are new for a new agent', async () => {
    desk = await setUpProgram([{ text: 'First.' }])
    const first = desk.opens()
    await first.sees('ready')
    await first.types('Hello').presses('enter').sees('First.')
    await first.quits()
    const before = desk.read('.letta/settings.local.json')
    const second = desk.opens({ args: ['--new'] })
    await second.sees('new: persona, human, project, skills')
    expect(second.screen()).to.not.contain('First.')
    await second.quits()
    expect(desk.read('.letta/settings.local.json')).to.not.equal(before)
  })

  it('list skills by category, follow their files, and update the agent', async () => {
    desk = await setUpProgram([{ text: 'I see.' }])
    const workbench = desk.opens()
    await workbench.sees(/Web\s+│?[\s\S]*Web Scraper/)
    desk.write('.skills/data/SKILL.MD', '---\nname: Data\ndescription: Reads tables\n---\nx\n')
    await workbench.sees('Reads tables')
    await workbench.types('Skills?').presses('enter').sees('I see.')
    expect(JSON.stringify(desk.model.requests[0]?.body.messages)).to.contain('Reads tables')
  })
})
