import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { pressAgainToEnd } from '../../ui/messages/jobs.ts'
import { jobTexts } from '../../ui/view/messages/conversation.ts'
import { withProgram } from '../support/with-program.ts'

describe('The jobs page in the terminal', () => {
  const desk = withProgram()

  it('shows what a job prints while it runs, and ends it with two presses', async () => {
    const command = 'echo first; while [ ! -e go ]; do sleep 0.02; done; echo second; sleep 100'
    const call = { name: 'Bash', args: { command, run_in_background: true } }
    await desk.setUp([{ calls: [call] }, { text: 'It runs.' }])
    const args = ['--permission-mode', 'bypassPermissions']
    const workbench = await desk.opens({ args, built: true }).sees('ready')
    await workbench.types('Start it').presses('enter').sees('It runs.')
    await workbench.sees('5 Jobs 1')
    await workbench.presses('alt+5').sees('│ first')
    await workbench.seesNoMore('│ second')
    writeFileSync(path.join(desk.project, 'go'), '')
    await workbench.sees('│ second')
    await workbench.presses('x').sees(pressAgainToEnd(1, 'x'))
    await workbench.presses('x').seesNoMore('5 Jobs 1')
    await workbench.sees(jobTexts.running(0))
  })

  it('ends all of them with two presses', async () => {
    const calls = ['echo one', 'echo two'].map((command) => ({
      name: 'Bash',
      args: { command: `${command}; sleep 100`, run_in_background: true },
    }))
    await desk.setUp([{ calls }, { text: 'They run.' }])
    const args = ['--permission-mode', 'bypassPermissions']
    const workbench = await desk.opens({ args, built: true }).sees('ready')
    await workbench.types('Start them').presses('enter').sees('They run.')
    await workbench.sees('5 Jobs 2')
    await workbench.presses('alt+5').sees('│ two')
    await workbench.presses('k').sees('│ one')
    await workbench.presses('X').sees(pressAgainToEnd(2, 'X'))
    await workbench.presses('X').seesNoMore('5 Jobs 2')
    await workbench.sees(jobTexts.running(0))
  })
})
