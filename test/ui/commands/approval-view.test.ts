import { expect } from 'chai'
import type { RootState } from '../../../ui/state/state.ts'
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
