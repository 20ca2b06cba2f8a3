import { expect } from 'chai'
import { pendingApprovals } from '../../../lib/session/state/selectors.ts'
import { FILE_CHANGED_SINCE_SHOWN } from '../../../ui/messages/approvals.ts'
import { splitNeeds } from '../../../ui/messages/changes.ts'
import type { RootState } from '../../../ui/state/state.ts'
import { approvalTexts } from '../../../ui/view/messages/approvals.ts'
import type { Desktop } from '../../support/desktop.ts'
import { withWorkbench } from '../../support/with-workbench.ts'

const lines = (changes: Readonly<Record<number, string>> = {}): string =>
  Array.from({ length: 60 }, (_, at) => `${changes[at + 1] ?? `line ${at + 1}`}\n`).join('')
const write = {
  calls: [
    { name: 'Write', args: { file_path: 'a.txt', content: lines({ 2: 'two  2', 50: 'fifty' }) } },
  ],
}
const enlarged = ({ workbench: { approval } }: RootState) => [approval.isFull, approval.isZoomed]
const height = (screen: string): number =>
  screen.split('\n').findIndex((row) => /▸ .*a\.txt/.test(row))

describe('The view of a change that awaits approval', () => {
  it(
    'fills the screen above the message, shows both texts side by side, and marks blanks',
    withWorkbench({ answers: [write], files: { 'a.txt': lines() } }, (workbench) =>
      workbench
        .submit('Go')
        .expectApproval('Write')
        .press('f4')
        .check((desk) => expect(height(desk.screen())).to.be.greaterThan(3))
        .press('f', 'v')
        .expectScreen(/2 - line 2 +│ +2 \+ two {2}2/)
        .check((desk) => expect(height(desk.screen())).to.be.lessThan(2))
        .press('.')
        .expectScreen('two··2')
        .press('v', '.', 'f')
        .expectNotOnScreen('two··2')
        .check((desk) => expect(height(desk.screen())).to.be.greaterThan(3)),
    ),
  )

  it(
    'counts the changed lines that were visible, whatever view shows them, and none that was jumped over',
    withWorkbench(
      { answers: [write, { text: 'Done.' }], files: { 'a.txt': lines() } },
      (workbench) =>
        workbench
          .submit('Go')
          .expectApproval('Write')
          .press('f4')
          .dispatch({ type: 'viewport.changed', size: { columns: 120, rows: 22 } })
          .expectScreen(approvalTexts.seen(50))
          .press('}', '}', '}')
          .expectScreen(approvalTexts.seen(50))
          .press('end')
          .expectNotOnScreen(approvalTexts.seen(50))
          .press('v', '.', '{', 'w', 'home')
          .expectScreen('two··2')
          .expectNotOnScreen(approvalTexts.seen(50)),
    ),
  )

  it(
    'is side by side once the screen is wide enough, and says so before',
    withWorkbench(
      { answers: [write, { text: 'Done.' }], files: { 'a.txt': lines() } },
      (workbench) =>
        workbench
          .submit('Go')
          .expectApproval('Write')
          .dispatch({ type: 'viewport.changed', size: { columns: 80, rows: 24 } })
          .press('f4', 'v')
          .expectFlash(splitNeeds(100)),
    ),
  )

  it(
    'fills the screen for the call that the key was pressed on, not for later ones',
    withWorkbench({ answers: [write, write], files: { 'a.txt': lines() } }, (workbench) =>
      workbench
        .submit('Go')
        .expectApproval('Write')
        .press('f4', 'f', 'z')
        .expectState('what is enlarged', enlarged, [true, true])
        .press('f12', 'n')
        .expectState('what is enlarged', enlarged, [false, false]),
    ),
  )

  it(
    'counts the changed lines of which the end is cut, until they are wrapped',
    withWorkbench(
      {
        answers: [
          {
            calls: [
              { name: 'Write', args: { file_path: 'a.txt', content: `${'x'.repeat(300)} END\n` } },
            ],
          },
        ],
        files: { 'a.txt': `${'x'.repeat(300)} end\n` },
      },
      (workbench) =>
        workbench
          .submit('Go')
          .expectApproval('Write')
          .press('f4', 'w')
          .expectScreen(approvalTexts.cutLines(2, 'w'))
          .press('w')
          .expectNotOnScreen(approvalTexts.cutLines(2, 'w'))
          .expectScreen('END'),
    ),
  )

  it(
    'says how much of it was seen, without what was jumped over',
    withWorkbench({ answers: [write], files: { 'a.txt': '' } }, (workbench) =>
      workbench
        .submit('Go')
        .expectApproval('Write')
        .press('f4')
        .expectScreen(/seen [1-3]\d %/)
        .press('end')
        .expectScreen(/seen [1-3]\d %/)
        .press('home', 'pagedown')
        .expectScreen(/seen [3-6]\d %/)
        .press('pagedown', 'pagedown', 'pagedown', 'pagedown')
        .expectNotOnScreen('seen'),
    ),
  )

  it(
    'side by side has a mark for the old and for the new line of a row, which are decided separately',
    withWorkbench(
      {
        answers: [
          { calls: [{ name: 'Write', args: { file_path: 'b.txt', content: 'zwei\ndrei\n' } }] },
          { text: 'Understood.' },
        ],
        files: { 'b.txt': 'two\nthree\n' },
      },
      (workbench) =>
        workbench
          .submit('Go')
          .expectApproval('Write')
          .press('f4', 'f', 'v', 's')
          .expectScreen(/✓✓1 - two .*│ 1 \+ zwei/)
          .press('space')
          .expectScreen(/✗✓1 - two .*│ 1 \+ zwei/)
          .press(']', ']', 'space')
          .expectScreen(/✗✗1 - two .*│ 1 \+ zwei/, /✓✓2 - three .*│ 2 \+ drei/)
          .press('y')
          .expectScreen('Understood.')
          .check(({ read }) => expect(read('b.txt')).to.equal('two\ndrei\n')),
    ),
  )

  it(
    'side by side is divided into lines as the other one is',
    withWorkbench(
      { answers: [write, { text: 'Understood.' }], files: { 'a.txt': lines() } },
      (workbench) =>
        workbench
          .submit('Go')
          .expectApproval('Write')
          .press('f4', 'f', 'v', 's', ']', 'space')
          .expectScreen(/✗/)
          .press('y')
          .expectScreen('Understood.'),
    ),
  )
})

describe('The unchanged lines around a change that awaits approval', () => {
  const lines = (changed: string): string =>
    Array.from({ length: 60 }, (_, at) => `${at === 29 ? changed : `line ${at + 1}`}\n`).join('')
  const write = { name: 'Write', args: { file_path: 'a.txt', content: lines('thirty') } }
  const change = { old_string: 'old', new_string: 'thirty' }
  const edit = { name: 'Edit', args: { file_path: 'a.txt', ...change } }
  const many = (first: string, second: string): string =>
    Array.from({ length: 200 }, (_, at) =>
      at === 59 ? `${first}\n` : at === 139 ? `${second}\n` : `line ${at + 1}\n`,
    ).join('')
  const content = many('one changed', 'two changed')
  const two = { name: 'Write', args: { file_path: 'a.txt', content } }
  let before = -1
  const rowOf = ({ screen }: Desktop, text: string): number =>
    screen()
      .split('\n')
      .findIndex((line) => line.includes(text))
  const context = ({ session, workbench }: RootState): number | undefined =>
    workbench.approval.contexts.get(pendingApprovals(session)[0]?.callId ?? '')?.lines

  it(
    'are more and fewer by key, and what is applied does not depend on them',
    withWorkbench(
      { answers: [{ calls: [write] }, { text: 'Done.' }], files: { 'a.txt': lines('old') } },
      (workbench) =>
        workbench
          .submit('Go')
          .expectApproval('Write')
          .press('f4', 'f')
          .expectScreen('line 27', 'line 33')
          .expectNotOnScreen('line 26', 'line 34')
          .press('}')
          .expectState('the lines', context, 10)
          .expectScreen('line 20', 'line 26', 'line 40')
          .press('{')
          .expectState('the lines', context, 3)
          .press('{')
          .expectState('the lines', context, 0)
          .expectNotOnScreen('line 29', 'line 31')
          .press('}')
          .expectState('the lines', context, 3)
          .press('y')
          .expectScreen('Done.')
          .check((desk) => expect(desk.read('a.txt')).to.equal(lines('thirty'))),
    ),
  )

  it(
    'leave the part at the cursor where it is on the screen',
    withWorkbench(
      {
        answers: [{ calls: [two] }, { text: 'Done.' }],
        files: { 'a.txt': many('first', 'second') },
      },
      (workbench) =>
        workbench
          .submit('Go')
          .expectApproval('Write')
          .press('f4', 'f', ']')
          .expectScreen('one changed', 'two changed')
          .perform((desk) => {
            before = rowOf(desk, 'two changed')
          })
          .press('}')
          .expectState('the lines', context, 10)
          .check((desk) => expect(rowOf(desk, 'two changed')).to.equal(before))
          .press('}')
          .expectState('the lines', context, 25)
          .check((desk) => expect(rowOf(desk, 'two changed')).to.equal(before)),
    ),
  )

  it(
    'are those of the edited change after it was edited',
    withWorkbench(
      { answers: [{ calls: [write] }, { text: 'Done.' }], files: { 'a.txt': lines('old') } },
      (workbench) =>
        workbench
          .submit('Go')
          .expectApproval('Write')
          .press('f4', '}')
          .expectState('the lines', context, 10)
          .press('e')
          .expectScreen(approvalTexts.editing)
          .type('not ')
          .press('ctrl+s')
          .expectScreen('not thirty'),
    ),
  )

  it(
    'are not shown from a file that has changed since it was shown',
    withWorkbench(
      { answers: [{ calls: [edit] }, { text: 'Done.' }], files: { 'a.txt': lines('old') } },
      (workbench) =>
        workbench
          .submit('Go')
          .expectApproval('Edit')
          .press('f4')
          .write('a.txt', `one more\n${lines('old')}`)
          .press('}')
          .expectFlash(FILE_CHANGED_SINCE_SHOWN)
          .expectState('the lines', context, undefined),
    ),
  )
})
