import { expect } from 'chai'
import { keyReference } from '../../../lib/util/references.ts'
import { NO_RUNNING_JOBS, pressAgainToEnd } from '../../../ui/messages/jobs.ts'
import type { RootState } from '../../../ui/state/state.ts'
import { jobTexts } from '../../../ui/view/messages/conversation.ts'
import { withWorkbench } from '../../support/with-workbench.ts'

const page = ({ workbench }: RootState) => workbench.page
const statuses = ({ session }: RootState) => session.jobs.map(({ status }) => status.type)

const commands = ({ session }: RootState) => session.jobs.map((job) => job.command)

describe('The jobs page', () => {
  const command = 'echo first; while [ ! -e go ]; do sleep 0.02; done; echo second; sleep 100'
  const start = (line: string) => ({
    name: 'Bash',
    args: { command: line, run_in_background: true },
  })
  const answers = [{ calls: [start(command), start('sleep 100')] }, { text: 'They run.' }]
  const bypass = { answers, options: { mode: 'bypassPermissions' } } as const

  it(
    'shows what a background job prints while it runs, and ends it with two presses',
    withWorkbench(bypass, (workbench) =>
      workbench
        .submit('Start them')
        .expectScreen('They run.', '5 Jobs 2')
        .submit('/jobs')
        .expectState('page', page, 'jobs')
        .press('up')
        .expectScreen('│ first', jobTexts.running(2))
        .expectNotOnScreen('│ second')
        .write('go', '')
        .expectScreen('│ second')
        .stopClock()
        .press('x')
        .expectFlash(pressAgainToEnd(1, keyReference('jobs.end')))
        .expectState('the jobs', statuses, ['running', 'running'])
        .press('x')
        .expectState('the jobs', statuses, ['exited', 'running'])
        .check((desk) =>
          expect(desk.session.store.state.jobs[0]?.output).to.equal('first\nsecond\n'),
        ),
    ),
  )

  it(
    'lists a command that runs without approval as the agent has written it',
    withWorkbench(
      { answers: [{ calls: [start('for i in 1 2; do echo $i; done')] }, { text: 'It runs.' }] },
      (workbench) =>
        workbench
          .submit('Start it')
          .expectScreen('It runs.')
          .expectState('the commands', commands, ['for i in 1 2; do echo $i; done'])
          .press('alt+5')
          .expectScreen('for i in 1 2; do'),
    ),
  )

  it(
    'ends all jobs',
    withWorkbench(bypass, (workbench) =>
      workbench
        .submit('Start them')
        .expectScreen('They run.')
        .stopClock()
        .press('alt+5', 'X', 'X')
        .expectState('the jobs', statuses, ['exited', 'exited'])
        .expectNotOnScreen('5 Jobs 2')
        .press('X')
        .expectFlash(NO_RUNNING_JOBS)
        .press('z')
        .expectState('page', page, 'chat'),
    ),
  )

  it(
    'says that there are no jobs',
    withWorkbench({}, (workbench) => workbench.submit('/jobs').expectScreen('No background jobs.')),
  )
})
