import { expect } from 'chai'
import { CANCELLED } from '../../lib/session/messages/turns.ts'
import { DENY_WITH_REASON } from '../../ui/messages/approvals.ts'
import { ruleDialogTexts } from '../../ui/view/messages/approvals.ts'
import { withProgram } from '../support/with-program.ts'
import { withWorkbench } from '../support/with-workbench.ts'

const TYPO = 'export const greeting = "Helo"\n'
const TOUCH = { calls: [{ name: 'Bash', args: { command: 'touch made.txt' } }] }
const FIXED = 'export const greeting = "Hello"\n'
const EDIT = {
  name: 'Edit',
  args: { file_path: 'greet.ts', old_string: 'Helo', new_string: 'Hello' },
}

for (const toolkit of ['blessed', 'neo-blessed']) {
  describe(`A turn in the workbench with ${toolkit}`, () => {
    const environment = { LETTA_TUI: toolkit }
    const desk = withProgram()

    it('streams an answer, reads without approval, and edits only when approved', async () => {
      await desk.setUp([
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
      await desk.setUp()
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
  it(
    'denies with a reason that the agent reads, and leaves the file unchanged',
    withWorkbench(
      {
        answers: [{ calls: [EDIT] }, { text: 'Then I leave it.' }],
        files: { 'greet.ts': TYPO },
      },
      (workbench) =>
        workbench
          .submit('Fix it')
          .expectApproval('Edit')
          .press('f4', 'd')
          .expectScreen(DENY_WITH_REASON.explanation)
          .type('It is Danish')
          .press('enter')
          .expectScreen('Then I leave it.')
          .check(({ read, endpoint }) => {
            expect(read('greet.ts')).to.equal(TYPO)
            expect(JSON.stringify(endpoint.requests[1]?.body.messages)).to.contain('It is Danish')
          }),
    ),
  )

  it(
    'shows the rule of an “always allow”, saves it, and approves what it covers',
    withWorkbench({ answers: [TOUCH, TOUCH, { text: 'Twice.' }] }, (workbench) =>
      workbench
        .submit('Make it')
        .expectApproval('Bash')
        .press('f4', 'a')
        .expectScreen('▸ Bash(touch made.txt)')
        .press('left', 'left', 'left')
        .expectScreen(`‹${ruleDialogTexts.scopes.session}›`)
        .press('right')
        .expectScreen(`‹${ruleDialogTexts.scopes.local}›`)
        .press('enter')
        .expectScreen('Twice.')
        .check(({ settings }) =>
          expect(JSON.stringify(settings('project', 'settings.local.json'))).to.contain(
            '"Bash(touch made.txt)"',
          ),
        ),
    ),
  )

  it(
    'cancels at once, keeps the message, and continues with the next one',
    withWorkbench(
      { answers: [{ text: 'I begin and', hang: true }, { text: 'Here I am.' }] },
      (workbench) =>
        workbench
          .submit('Go on for ever')
          .expectScreen('I begin and')
          .press('escape')
          .expectNotice(CANCELLED.embedded)
          .expectScreen(/Go on for ever[\s\S]*cancelled/)
          .submit('Still there?')
          .expectScreen('Here I am.')
          .check(({ endpoint }) => {
            const asked = JSON.stringify(endpoint.requests[1]?.body.messages)
            expect(asked).to.contain('Go on for ever').and.to.contain('I begin and')
          }),
    ),
  )
})
