import { expect } from 'chai'
import { DENY_WITH_REASON } from '../../ui/messages/dialogs.ts'
import { ruleDialogTexts } from '../../ui/view/messages/approvals.ts'
import { type ProgramFixture, setUpProgram } from '../support/program.ts'

const FIXED = 'export const greeting = "Hello"\n'
const EDIT = {
  name: 'Edit',
  args: { file_path: 'greet.ts', old_string: 'Helo', new_string: 'Hello' },
}

for (const toolkit of ['blessed', 'neo-blessed']) {
  describe(`A turn in the workbench with ${toolkit}`, () => {
    const environment = { LETTA_TUI: toolkit }
    let desk: ProgramFixture

    afterEach(() => desk.clear())

    it('streams an answer, reads without approval, and edits only when approved', async () => {
      desk = await setUpProgram([
        {
          reasoning: 'Look first.',
          calls: [{ name: 'Read', args: { file_path: 'greet.ts' } }],
        },
        { text: 'There is a **typo**.', calls: [EDIT] },
        { text: 'It says Hello now.' },
      ])
      const workbench = desk.opens({ environment })
      await workbench.sees('ready')
      await workbench.types('Fix the greeting').presses('enter').sees('Approval: Edit')
      await workbench.sees(/- export const greeting = "Helo"/)
      await workbench.sees(/\+ export const greeting = "Hello"/)
      expect(desk.read('greet.ts')).to.not.equal(FIXED)
      await workbench.sees('approve once')
      await workbench.presses('y').sees('It says Hello now.')
      expect(desk.read('greet.ts')).to.equal(FIXED)
      expect(workbench.screen()).to.contain('There is a typo.')
      expect(desk.model.requests.length).to.equal(3)
      expect(await workbench.quits()).to.equal(0)
    })

    it('leaves the terminal as it was', async () => {
      desk = await setUpProgram()
      const workbench = desk.opens({ environment, columns: 80, rows: 24 })
      await workbench.sees('ready')
      expect(workbench.pty.modes()).to.include({ alternateScreen: true, bracketedPaste: true })
      await workbench.quits()
      expect(workbench.pty.modes()).to.include({
        alternateScreen: false,
        bracketedPaste: false,
        mouse: 'none',
        focusReports: false,
        cursorHidden: false,
      })
    })
  })
}

describe('Approving in the workbench', () => {
  let desk: ProgramFixture
  afterEach(() => desk.clear())

  it('denies with a reason that the agent reads, and leaves the file unchanged', async () => {
    desk = await setUpProgram([{ calls: [EDIT] }, { text: 'Then I leave it.' }])
    const before = desk.read('greet.ts')
    const workbench = desk.opens()
    await workbench.sees('ready')
    await workbench.types('Fix it').presses('enter').sees('approve once')
    await workbench.presses('d').sees(DENY_WITH_REASON.explanation)
    await workbench.types('It is Danish').presses('enter').sees('Then I leave it.')
    expect(desk.read('greet.ts')).to.equal(before)
    expect(JSON.stringify(desk.model.requests[1]?.body.messages)).to.contain('It is Danish')
  })

  it('shows the rule of an “always allow”, saves it, and approves what it covers', async () => {
    const bash = { name: 'Bash', args: { command: 'touch made.txt' } }
    desk = await setUpProgram([{ calls: [bash] }, { calls: [bash] }, { text: 'Twice.' }])
    const workbench = desk.opens()
    await workbench.sees('ready')
    await workbench.types('Make it').presses('enter').sees('approve once')
    await workbench.presses('a').sees('▸ Bash(touch made.txt)')
    await workbench.presses('left', 'left', 'left').sees(`‹${ruleDialogTexts.scopes.session}›`)
    await workbench.presses('right').sees(`‹${ruleDialogTexts.scopes.local}›`)
    await workbench.presses('enter').sees('Twice.')
    expect(desk.read('.letta/settings.local.json')).to.contain('"Bash(touch made.txt)"')
  })

  it('cancels at once, keeps the message, and continues with the next one', async () => {
    desk = await setUpProgram([{ text: 'I begin and', hang: true }, { text: 'Here I am.' }])
    const workbench = desk.opens()
    await workbench.sees('ready')
    await workbench.types('Go on for ever').presses('enter').sees('I begin and')
    await workbench.presses('escape').sees('Cancelled.')
    expect(workbench.screen()).to.match(/Go on for ever[\s\S]*cancelled/)
    await workbench.types('Still there?').presses('enter').sees('Here I am.')
    const asked = JSON.stringify(desk.model.requests[1]?.body.messages)
    expect(asked).to.contain('Go on for ever').and.to.contain('I begin and')
  })
})
