import { expect } from 'chai'
import { type Desktop, openDesktop } from '../../support/desktop.ts'

describe('commands about background shells', () => {
  let desk: Desktop
  afterEach(() => desk.close())

  it('/jobs shows what a shell says while it says it, and ends it', async () => {
    const command = 'echo first; until [ -f go ]; do sleep 0.05; done; echo sec""ond; sleep 300'
    desk = await openDesktop([
      { calls: [{ name: 'Bash', args: { command, run_in_background: true } }] },
      { text: 'It runs.' },
    ])
    await desk.says('Start it')
    await desk.sees('It runs.')
    desk.types('/jobs').presses('enter')
    await desk.sees('bash_1 · running')
    desk.presses('enter')
    expect(await desk.sees('Kill it?')).to.not.include('second')
    desk.write('go', '')
    await desk.sees('second')
    desk.presses('y')
    await desk.seesNoMore('Kill it?')
    const job = await desk.root.when(({ session: { jobs } }) =>
      jobs.find(({ status }) => status.type === 'exited'),
    )
    expect(job.output).to.equal('first\nsecond\n')
  })
})
