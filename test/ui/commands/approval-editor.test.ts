import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { expect } from 'chai'
import { editDenied } from '../../../lib/session/messages/approvals.ts'
import { pendingApprovals } from '../../../lib/session/state/selectors.ts'
import { NOTHING_EDITED } from '../../../ui/messages/approvals.ts'
import type { RootState } from '../../../ui/state/state.ts'
import { approvalTexts } from '../../../ui/view/messages/approvals.ts'
import { toolTexts } from '../../../ui/view/messages/conversation.ts'
import type { Desktop } from '../../support/desktop.ts'
import { withWorkbench } from '../../support/with-workbench.ts'

const bash = (command: string) => ({ calls: [{ name: 'Bash', args: { command } }] })
const write = {
  calls: [{ name: 'Write', args: { file_path: 'a.txt', content: 'one\ntwo\nthree\n' } }],
}
const LINES = 'one\ntwo\nthree\nfour\nfive\nsix\nseven\n'
const edit = {
  calls: [{ name: 'Edit', args: { file_path: 'a.txt', old_string: 'two', new_string: 'TWO' } }],
}
const read = (desk: Desktop, file: string): string =>
  readFileSync(path.join(desk.project, file), 'utf8')
const isEditing = ({ workbench }: RootState): boolean => workbench.approval.editing !== null
const draftCount = ({ workbench }: RootState): number => workbench.approval.drafts.size
const pending = ({ session }: RootState): number => pendingApprovals(session).length

describe('The editor of a call that awaits approval', () => {
  it(
    'opens at the changed line, shows the new diff, and approves exactly that, which the call shows also after resuming',
    withWorkbench(
      { answers: [write, { text: 'Understood.' }], files: { 'a.txt': 'one\nthree\n' } },
      (workbench) =>
        workbench
          .submit('Go')
          .expectApproval('Write')
          .press('f4', 'e')
          .expectState('whether it is being edited', isEditing, true)
          .type('my ')
          .expectScreen(/my .wo/, approvalTexts.showEdited)
          .press('ctrl+s')
          .expectState('whether it is being edited', isEditing, false)
          .expectScreen(/\+ my two/, approvalTexts.editedByYou)
          .press('f12')
          .check((desk) => expect(read(desk, 'a.txt')).to.equal('one\nthree\n'))
          .press('y')
          .expectScreen('Understood.')
          .check((desk) => expect(read(desk, 'a.txt')).to.equal('one\nmy two\nthree\n'))
          .expectScreen(toolTexts.editedByYou)
          .expectState('the turn', ({ session }) => session.turn.type, 'idle')
          .perform(async ({ session, root }) => {
            const id = session.store.state.agent?.id ?? ''
            root.dispatch({ type: 'history.cleared' })
            await session.agents.open({ id })
          })
          .expectScreen('Understood.', toolTexts.editedByYou),
    ),
  )

  it(
    'does not open for a call that the next key has answered already',
    withWorkbench({ answers: [write, bash('touch made'), { text: 'Understood.' }] }, (workbench) =>
      workbench
        .submit('Go')
        .expectApproval('Write')
        .press('f4')
        .press('e', 'y')
        .expectApproval('Bash')
        .press('f4')
        .expectState('whether it is being edited', isEditing, false)
        .press('f12', 'y')
        .expectScreen('Understood.'),
    ),
  )

  it(
    'retains what was typed when it is closed, and continues it',
    withWorkbench({ answers: [write, { text: 'Understood.' }] }, (workbench) =>
      workbench
        .submit('Go')
        .expectApproval('Write')
        .press('f4', 'e')
        .expectState('whether it is being edited', isEditing, true)
        .type('zero ')
        .press('escape')
        .expectState('whether it is being edited', isEditing, false)
        .expectState('the drafts', draftCount, 1)
        .press('f12')
        .expectScreen(approvalTexts.draft('e'))
        .press('y')
        .expectScreen(approvalTexts.draftNotApplied)
        .expectState('the pending calls', pending, 1)
        .press('e')
        .expectScreen('ero one')
        .press('ctrl+s')
        .expectState('the drafts', draftCount, 0)
        .press('y')
        .expectScreen('Understood.')
        .check((desk) => expect(read(desk, 'a.txt')).to.equal('zero one\ntwo\nthree\n')),
    ),
  )

  it(
    'leaves what another program has changed in the file while the text was put aside',
    withWorkbench(
      { answers: [edit, { text: 'Understood.' }], files: { 'a.txt': LINES } },
      (workbench) =>
        workbench
          .submit('Go')
          .expectApproval('Edit')
          .press('f4', 'e')
          .expectState('whether it is being edited', isEditing, true)
          .type('my ')
          .press('escape')
          .expectState('the drafts', draftCount, 1)
          .perform(async ({ project }) =>
            writeFileSync(path.join(project, 'a.txt'), LINES.replace('seven', 'seven, theirs')),
          )
          .press('e')
          .expectState('whether it is being edited', isEditing, true)
          .press('ctrl+s')
          .expectState('the drafts', draftCount, 0)
          .press('f12', 'y')
          .expectScreen('Understood.')
          .check((desk) =>
            expect(read(desk, 'a.txt')).to.equal(
              LINES.replace('two', 'my TWO').replace('seven', 'seven, theirs'),
            ),
          ),
    ),
  )

  it(
    'changes a command, which then needs approval like any other, and stays open when a rule denies it',
    withWorkbench(
      {
        answers: [bash('rm -rf build'), { text: 'Understood.' }],
        options: { disallowed: ['Bash(curl:*)'] },
      },
      (workbench) =>
        workbench
          .submit('Go')
          .expectApproval('Bash')
          .press('f4', 'e')
          .expectState('whether it is being edited', isEditing, true)
          .press('ctrl+u')
          .type('curl x')
          .press('ctrl+s')
          .expectFlash(editDenied(''))
          .expectState('whether it is being edited', isEditing, true)
          .press('ctrl+u')
          .type('touch made')
          .press('ctrl+s')
          .expectScreen('$ touch made')
          .press('f12')
          .expectScreen(approvalTexts.approveOnce)
          .press('y')
          .expectScreen('Understood.')
          .check((desk) => expect(existsSync(path.join(desk.project, 'made'))).to.equal(true)),
    ),
  )

  it(
    'can be an external one, and reports when nothing was changed',
    withWorkbench({ answers: [write, { text: 'Understood.' }] }, (workbench) =>
      workbench
        .submit('Go')
        .expectApproval('Write')
        .press('f4', 'E')
        .expectFlash(NOTHING_EDITED)
        .expectState('the pending calls', pending, 1),
    ),
  )

  it(
    'makes keys that are pressed before the new diff could be seen no answer to it',
    withWorkbench({ answers: [write, { text: 'Understood.' }] }, (workbench) =>
      workbench
        .submit('Go')
        .expectApproval('Write')
        .press('f4', 'e')
        .expectState('whether it is being edited', isEditing, true)
        .type('zero ')
        .stopClock()
        .press('ctrl+s')
        .expectState('whether it is being edited', isEditing, false)
        .press('y')
        .expectScreen(approvalTexts.tooEarly)
        .expectState('the pending calls', pending, 1),
    ),
  )

  it(
    'does not lose its text when the turn is cancelled',
    withWorkbench({ answers: [write] }, (workbench) =>
      workbench
        .submit('Go')
        .expectApproval('Write')
        .press('f4', 'e')
        .expectState('whether it is being edited', isEditing, true)
        .type('zero ')
        .press('ctrl+c')
        .expectState('the pending calls', pending, 0)
        .press('f6', 'ctrl+y')
        .expectMessage('zero one\ntwo\nthree\n'),
    ),
  )
})
