import { expect } from 'chai'
import { PICKER_TITLES } from '../../../ui/messages/dialogs.ts'
import { NO_JOBS } from '../../../ui/messages/notices.ts'
import { withWorkbench } from '../../support/with-workbench.ts'

describe('The command /jobs', () => {
  const command = 'echo first; while [ ! -e go ]; do sleep 0.02; done; echo second; sleep 100'
  const answers = [
    { calls: [{ name: 'Bash', args: { command, run_in_background: true } }] },
    { text: 'It runs.' },
  ]

  it(
    'shows what a background job prints while it runs, and kills it',
    withWorkbench({ answers, options: { mode: 'bypassPermissions' } }, (workbench) =>
      workbench
        .submit('Start it')
        .expectScreen('It runs.')
        .submit('/jobs')
        .expectPicker(PICKER_TITLES.jobs, [command])
        .press('enter')
        .expectState('the dialog', ({ workbench: { overlay } }) => overlay?.type, 'job')
        .expectScreen('first')
        .expectNotOnScreen('│ second')
        .write('go', '')
        .expectScreen('│ second')
        .press('y')
        .expectNoOverlay()
        .expectState('the job', ({ session }) => session.jobs[0]?.status.type, 'exited')
        .check((desk) =>
          expect(desk.session.store.state.jobs[0]?.output).to.equal('first\nsecond\n'),
        ),
    ),
  )

  it(
    'reports that there are no jobs',
    withWorkbench({}, (workbench) => workbench.submit('/jobs').expectFlash(NO_JOBS)),
  )
})
