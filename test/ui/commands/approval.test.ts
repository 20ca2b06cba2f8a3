import { existsSync } from 'node:fs'
import path from 'node:path'
import { expect } from 'chai'
import { pendingApprovals } from '../../../lib/session/state.ts'
import type { RootState } from '../../../ui/state/state.ts'
import type { Desktop } from '../../support/desktop.ts'
import { withWorkbench } from '../../support/with-workbench.ts'

const bash = (command: string) => ({ calls: [{ name: 'Bash', args: { command } }] })
const exists = (desk: Desktop, file: string): boolean => existsSync(path.join(desk.project, file))
const confirming = ({ workbench }: RootState): boolean => workbench.approval.confirming !== null

describe('A dangerous call', () => {
  it(
    'runs only after the key was pressed twice, and says why',
    withWorkbench(
      { answers: [bash('rm -rf build'), { text: 'Gone.' }], files: { 'build/a': '' } },
      (workbench) =>
        workbench
          .submit('Clean')
          .expectApproval('Bash')
          .press('f4')
          .check((desk) => {
            const [call] = pendingApprovals(desk.session.store.state)
            const danger = call?.phase.type === 'waiting' ? call.phase.danger : undefined
            expect(desk.screen()).to.include(`! ${danger}`)
          })
          .press('y')
          .expectState('whether it needs the key again', confirming, true)
          .check((desk) => expect(exists(desk, 'build/a')).to.equal(true))
          .press('y')
          .expectScreen('Gone.')
          .check((desk) => expect(exists(desk, 'build/a')).to.equal(false)),
    ),
  )

  it(
    'needs the key twice again after the focus was elsewhere, and is denied with one',
    withWorkbench({ answers: [bash('sudo ls'), { text: 'Then not.' }] }, (workbench) =>
      workbench
        .submit('List')
        .expectApproval('Bash')
        .press('f4', 'y', 'f6', 'f4')
        .expectState('whether it needs the key again', confirming, false)
        .press('y', 'n')
        .expectScreen('Then not.'),
    ),
  )
})

describe('A call that is not dangerous', () => {
  it(
    'runs after one key',
    withWorkbench({ answers: [bash('touch made'), { text: 'Made.' }] }, (workbench) =>
      workbench
        .submit('Make')
        .expectApproval('Bash')
        .press('f4', 'y')
        .expectScreen('Made.')
        .check((desk) => expect(exists(desk, 'made')).to.equal(true)),
    ),
  )
})
