import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { expect } from 'chai'
import { MODIFIED_SINCE_SHOWN } from '../../../lib/session/messages/approvals.ts'
import { pendingApprovals } from '../../../lib/session/state/selectors.ts'
import {
  APPROVE_ALL,
  APPROVE_FILE,
  APPROVE_READS,
  DENY_ALL,
  nothingInBatch,
  PRESS_AGAIN_TO_STOP,
} from '../../../ui/messages/approvals.ts'
import { shownApproval } from '../../../ui/state/shown-approval.ts'
import type { RootState } from '../../../ui/state/state.ts'
import { approvalTexts } from '../../../ui/view/messages/approvals.ts'
import { paneTitles } from '../../../ui/view/messages/panes.ts'
import type { Desktop } from '../../support/desktop.ts'
import { withWorkbench } from '../../support/with-workbench.ts'

const edit = (file: string, from: string, to: string) => ({
  name: 'Edit',
  args: { file_path: file, old_string: from, new_string: to },
})
const bash = (command: string) => ({ name: 'Bash', args: { command } })
const files = { 'a.txt': 'one\ntwo\nthree\nfour\n', 'b.txt': 'one\n' }
const edits = ['one', 'two', 'three'].map((from) => edit('a.txt', from, from.toUpperCase()))
const placeOfCall = (state: RootState) => (shownApproval(state)?.at ?? -1) + 1
const pendingTools = ({ session }: RootState) => pendingApprovals(session).map(({ label }) => label)

const LONG_LINE = `${Array.from({ length: 6 }, (_, at) => `touch one_long_name_${at}`).join(' && ')} &&\ntouch the_last_one`

describe('Several pending calls', () => {
  it(
    'for which the list has no room are counted where they would be, dangerous ones too, with all answers at 80 columns',
    withWorkbench(
      {
        answers: [{ calls: [...edits, ...edits, bash('touch a'), bash('rm -rf made')] }],
        files,
      },
      (workbench) =>
        workbench
          .submit('Go')
          .perform((desk) => desk.asks(8))
          .press('f4')
          .dispatch({ type: 'viewport.changed', size: { columns: 80, rows: 24 } })
          .expectScreen(
            approvalTexts.hiddenCalls(3, 1, 'below'),
            new RegExp(`A ${approvalTexts.short.file} +Y ${approvalTexts.allowAll}`),
          )
          .press('right', 'right', 'right', 'right')
          .expectScreen(
            new RegExp(
              `${approvalTexts.hiddenCalls(2, 0, 'above')}(.*\\n){5}.*${approvalTexts.hiddenCalls(2, 1, 'below')}`,
            ),
          )
          .press('right', 'right', 'right')
          .expectScreen(approvalTexts.hiddenCalls(3, 0, 'above')),
    ),
  )

  it(
    'are all denied with one reason, dangerous ones too, and the turn continues',
    withWorkbench(
      { answers: [{ calls: [...edits, bash('rm -rf made')] }, { text: 'Understood.' }], files },
      (workbench) =>
        workbench
          .submit('Go')
          .perform((desk) => desk.asks(4))
          .press('f4', 'D')
          .expectPrompt(DENY_ALL(4).title, '')
          .type('Not today.')
          .press('enter')
          .expectScreen('Understood.')
          .check((desk) => {
            const read = JSON.stringify(desk.endpoint.requests.at(-1)?.body.messages)
            expect(read.split('Not today.')).to.have.lengthOf(5)
          }),
    ),
  )

  it(
    'are listed, and all changes of one file are approved with two keys, later ones of the turn included',
    withWorkbench(
      {
        answers: [
          { calls: [...edits, edit('b.txt', 'one', 'ONE')] },
          { calls: [edit('a.txt', 'four', 'FOUR')] },
          { text: 'Understood.' },
          { calls: [edit('a.txt', 'FOUR', 'five')] },
        ],
        files,
      },
      (workbench) =>
        workbench
          .submit('Go')
          .perform((desk) => desk.asks(4))
          .press('f4')
          .expectScreen(/▌ {2}Edit {7}a\.txt +\+1 −1/, / {3}Edit {7}b\.txt/)
          .press('A')
          .expectPage(APPROVE_FILE('a.txt').title)
          .press('y')
          .expectNoOverlay()
          .expectState('the pending calls', pendingTools, ['b.txt'])
          .press('f12', 'y')
          .expectScreen('Understood.')
          .check((desk) =>
            expect(readFileSync(path.join(desk.project, 'a.txt'), 'utf8')).to.equal(
              'ONE\nTWO\nTHREE\nFOUR\n',
            ),
          )
          .expectState('the rules', ({ session }) => session.rules.allow, [])
          .submit('Again')
          .expectState('the pending calls', pendingTools, ['a.txt']),
    ),
  )

  it(
    'are gone through with the keys that scroll, past the end of each change',
    withWorkbench({ answers: [{ calls: [...edits] }], files }, (workbench) =>
      workbench
        .submit('Go')
        .perform((desk) => desk.asks(3))
        .press('f4')
        .expectState('the shown call', placeOfCall, 1)
        .press('k')
        .expectState('the shown call', placeOfCall, 1)
        .press('down', 'j', 'j')
        .expectState('the shown call', placeOfCall, 3)
        .press('up')
        .expectState('the shown call', placeOfCall, 2),
    ),
  )

  it(
    'are approved together without those that are dangerous, which need their own key twice',
    withWorkbench(
      { answers: [{ calls: [bash('touch one'), bash('rm -rf x'), bash('touch two')] }], files },
      (workbench) =>
        workbench
          .submit('Go')
          .perform((desk) => desk.asks(3))
          .press('f4', 'Y')
          .expectPage(APPROVE_ALL(2, 1).title)
          .expectNotOnScreen('│ Bash  rm -rf x')
          .press('y')
          .expectState('the pending calls', pendingTools, ['rm -rf x'])
          .press('Y')
          .expectFlash(nothingInBatch(1)),
    ),
  )

  it(
    'are listed with their complete command lines before they are approved together',
    withWorkbench(
      {
        answers: [{ calls: [bash(LONG_LINE), edit('b.txt', 'one', 'ONE')] }],
        files,
      },
      (workbench) =>
        workbench
          .submit('Go')
          .perform((desk) => desk.asks(2))
          .press('f4', 'Y')
          .expectPage(APPROVE_ALL(2, 0).title)
          .expectScreen(
            /│ Bash {2}touch one_long_name/,
            //│ +touch the_last_one//│ +touch the_last_one/⏎touch the_last_one/,
            /Edit {2}b\.txt {2}\+1 −1/,
          ),
    ),
  )

  const editAndWrite = {
    answers: [
      {
        calls: [
          edit('a.txt', 'one', 'ONE'),
          { name: 'Write', args: { file_path: 'a.txt', content: 'ONE\nlast\n' } },
        ],
      },
      { text: 'Both.' },
    ],
    files,
  }
  const firstHasRun = ({ session }: Desktop) =>
    session.store.when(({ current }) =>
      current.find((entry) => entry.type === 'tool' && entry.call.phase.type === 'finished'),
    )

  it(
    'are asked about once when a later one writes the complete file that an earlier one changes',
    withWorkbench(editAndWrite, (workbench) =>
      workbench
        .submit('Go')
        .perform((desk) => desk.asks(2))
        .press('f4', 'y')
        .perform(firstHasRun)
        .press('y')
        .expectScreen('Both.', /Write a\.txt {2,}\+1 −3/)
        .check(({ read }) => expect(read('a.txt')).to.equal('ONE\nlast\n')),
    ),
  )

  it(
    'are asked about again when a part of the later one was rejected',
    withWorkbench(editAndWrite, (workbench) =>
      workbench
        .submit('Go')
        .perform((desk) => desk.asks(2))
        .press('f4', 'right', 's', 'space', 'left', 'y')
        .perform(firstHasRun)
        .press('y')
        .expectScreen(MODIFIED_SINCE_SHOWN.slice(0, 60))
        .check(({ read }) => expect(read('a.txt')).to.equal('ONE\ntwo\nthree\nfour\n')),
    ),
  )

  it(
    'are left out while a part of them is rejected',
    withWorkbench(
      {
        answers: [{ calls: [edit('b.txt', 'one', 'ONE\ntwo'), bash('touch made')] }],
        files,
      },
      (workbench) =>
        workbench
          .submit('Go')
          .perform((desk) => desk.asks(2))
          .press('f4', 's', 'space')
          .expectScreen('◐')
          .press('Y', 'y')
          .expectState('the pending calls', pendingTools, ['b.txt'])
          .check((desk) => expect(existsSync(path.join(desk.project, 'b.txt'))).to.equal(true)),
    ),
  )

  it(
    'that only read are approved together',
    withWorkbench(
      {
        answers: [
          { calls: [{ name: 'Read', args: { file_path: '/etc/hosts' } }, bash('touch made')] },
        ],
      },
      (workbench) =>
        workbench
          .submit('Go')
          .perform((desk) => desk.asks(2))
          .press('f4', 'R')
          .expectPage(APPROVE_READS.title)
          .press('y')
          .expectState('the pending calls', pendingTools, ['touch made']),
    ),
  )

  it(
    'follow each other: an answer shows the call after the answered one',
    withWorkbench(
      { answers: [{ calls: ['a', 'b', 'c', 'd'].map((one) => bash(`touch ${one}`)) }] },
      (workbench) =>
        workbench
          .submit('Go')
          .perform((desk) => desk.asks(4))
          .press('f4', 'right', 'f12', 'n')
          .expectState('the pending calls', pendingTools, ['touch a', 'touch c', 'touch d'])
          .expectScreen(approvalTexts.position(2, 3), paneTitles.approvalOf('Bash', 'touch c')),
    ),
  )

  it(
    'are denied together with the turn by two presses of a key, as it is next to the one for a single call',
    withWorkbench({ answers: [{ calls: [bash('touch a'), bash('touch b')] }] }, (workbench) =>
      workbench
        .submit('Go')
        .perform((desk) => desk.asks(2))
        .press('f4', 'f12')
        .stopClock()
        .press('x')
        .expectFlash(PRESS_AGAIN_TO_STOP)
        .expectState('the pending calls', pendingTools, ['touch a', 'touch b'])
        .press('x')
        .expectState('the pending calls', pendingTools, []),
    ),
  )

  it(
    'take a third quick press of that key, which is not typed into the message',
    withWorkbench({ answers: [{ calls: [bash('touch a')] }] }, (workbench) =>
      workbench
        .submit('Go')
        .perform((desk) => desk.asks())
        .press('f4', 'f12')
        .stopClock()
        .press('x', 'x')
        .expectFocus('composer')
        .perform(async (desk) => void desk.types('xx'))
        .expectMessage('')
        .perform(async (desk) => void desk.types('wax'))
        .expectMessage('wax'),
    ),
  )

  it(
    'are not approved by a question that was asked before one of them changed',
    withWorkbench({ answers: [{ calls: [bash('touch one'), bash('touch two')] }] }, (workbench) =>
      workbench
        .submit('Go')
        .perform((desk) => desk.asks(2))
        .press('f4', 'Y')
        .expectPage(APPROVE_ALL(2, 0).title)
        .perform((desk) => {
          const [call] = pendingApprovals(desk.session.store.state)
          return desk.session.approvals.edit(call?.callId ?? '', 'touch three')
        })
        .expectNoOverlay()
        .expectScreen('touch three', approvalTexts.editedByYou),
    ),
  )
})
