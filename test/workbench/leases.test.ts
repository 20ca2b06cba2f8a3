import { readFileSync } from 'node:fs'
import path from 'node:path'
import { expect } from 'chai'
import type { ScriptedAnswer } from '../support/model-endpoint.ts'
import { typedText } from '../support/typed-text.ts'
import { withProgram } from '../support/with-program.ts'

/** The agent runs a command of one second for this prompt, which notes that it has run. */
const runs = (word: string): ScriptedAnswer => ({
  match: { last: word },
  calls: [{ name: 'Bash', args: { command: `sleep 1; echo ${word} >> log` } }],
})
const DONE: ScriptedAnswer = { sticky: true, text: 'All done.' }
const PROMPTS = ['anna', 'bert', 'carl', 'dora', 'emil', 'fred', 'gina', 'hans']

describe('Sessions of one agent', function () {
  this.timeout(180_000)
  const desk = withProgram()

  const log = (): readonly string[] =>
    readFileSync(path.join(desk.project, 'log'), 'utf8').trim().split('\n')

  it('all answer when eight of them start at once, and each command runs once', async () => {
    await desk.setUp([...PROMPTS.map(runs), DONE])
    const ran = await Promise.all(PROMPTS.map((prompt) => desk.runs(['-p', prompt, '--yolo'])))
    expect(ran.map(({ code, stdout }) => [code, stdout])).to.deep.equal(
      PROMPTS.map(() => [0, 'All done.\n']),
    )
    expect(log().toSorted()).to.deep.equal(PROMPTS)
    const asked = desk.model.requests.flatMap(({ body }) => {
      const last = body.messages?.at(-1)
      return last?.role === 'user' ? [typedText(last.content)] : []
    })
    expect(asked, 'the order of the messages is that of the commands').to.deep.equal(log())
  })

  it('wait for the approval that another asks its user for, and follow it', async () => {
    await desk.setUp([...PROMPTS.map(runs), DONE])
    const workbench = desk.opens()
    await workbench.sees('ready')
    await workbench.types('anna').presses('enter').sees('approve once')
    const other = desk.opens()
    await other.sees('awaiting approval in another terminal')
    const headless = desk.runs(['-p', 'bert', '--yolo'])
    await pause(3000)
    workbench.presses('y')
    await workbench.sees('All done.')
    const { code, stdout } = await headless
    expect([code, stdout, log()]).to.deep.equal([0, 'All done.\n', ['anna', 'bert']])
    await other.sees('All done.')
    await other.sees('ready')
    expect(await other.quits()).to.equal(0)
  })

  it('continue when the one at work is killed', async () => {
    await desk.setUp([
      {
        match: { last: 'anna' },
        calls: [{ name: 'Bash', args: { command: 'echo anna >> log; exec sleep 600' } }],
      },
      runs('bert'),
      DONE,
    ])
    const killed = desk.starts(['-p', 'anna', '--yolo'])
    while (!isWritten(path.join(desk.project, 'log'))) await pause()
    const headless = desk.runs(['-p', 'bert', '--yolo'])
    await pause(1500)
    killed.kill('SIGKILL')
    const { code, stdout } = await headless
    expect([code, stdout, log()]).to.deep.equal([0, 'All done.\n', ['anna', 'bert']])
  })

  it('wait for one that is suspended, which continues where it was', async () => {
    await desk.setUp([
      {
        match: { last: 'anna' },
        calls: [
          { name: 'Bash', args: { command: 'echo begun >> log; sleep 1; echo anna >> log' } },
        ],
      },
      runs('bert'),
      DONE,
    ])
    const suspended = desk.starts(['-p', 'anna', '--yolo'])
    const answer = new Promise((resolve) => {
      suspended.stdout?.once('data', (text) => resolve(String(text)))
    })
    while (!isWritten(path.join(desk.project, 'log'))) await pause()
    suspended.kill('SIGSTOP')
    const headless = desk.runs(['-p', 'bert', '--yolo'])
    await pause(4000)
    expect(log(), 'while it is suspended').to.deep.equal(['begun', 'anna'])
    suspended.kill('SIGCONT')
    const { code, stdout } = await headless
    expect([await answer, code, stdout]).to.deep.equal(['All done.\n', 0, 'All done.\n'])
    expect(log()).to.deep.equal(['begun', 'anna', 'bert'])
  })
})

function isWritten(file: string): boolean {
  try {
    return readFileSync(file, 'utf8') !== ''
  } catch {
    return false
  }
}

const pause = (milliseconds = 50): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds))
