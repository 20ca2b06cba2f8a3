import { expect } from 'chai'
import { approvalTexts } from '../../../ui/view/messages/approvals.ts'
import { withWorkbench } from '../../support/with-workbench.ts'

const test = (name: string) => ({ name: 'Bash', args: { command: `npm test ${name}` } })
const remove = { name: 'Bash', args: { command: 'rm -rf build' } }
const NAMES = ['one', 'two', 'three', 'four', 'five', 'six']

describe('A rule that would have allowed what the user approves again and again', () => {
  it(
    'is named with its key from the sixth call on, is saved only by its dialog, and never for dangerous calls',
    withWorkbench({ answers: [{ calls: [...NAMES.map(test), remove, remove] }] }, (workbench) => {
      const shown = workbench.submit('Test').expectApproval('Bash').press('f4')
      const approved = NAMES.slice(0, 5).reduce(
        (script, name) =>
          script
            .expectScreen(`npm test ${name}`)
            .expectNotOnScreen(approvalTexts.proposal(4, 'Bash(npm test:*)', 'a').slice(0, 8))
            .press('y'),
        shown,
      )
      return approved
        .expectScreen(approvalTexts.proposal(5, 'Bash(npm test:*)', 'a'))
        .check(({ session }) => expect(session.store.state.rules.allow).to.deep.equal([]))
        .press('y')
        .expectNotOnScreen(approvalTexts.proposal(6, 'Bash(npm test:*)', 'a'))
        .check(({ session }) =>
          expect(session.store.state.approvedByHand).to.deep.equal({ 'Bash(npm test:*)': 6 }),
        )
    }),
  )
})
