import { existsSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { expect } from 'chai'
import Libsql from 'libsql'
import { hasProcessEnded } from '../../lib/fs/process-identity.ts'
import { agentCreated } from '../../lib/session/messages/agents.ts'
import { defaultAgentName } from '../../lib/session/services.ts'
import { MIN_VISIBLE_MS } from '../../ui/state/shown-approval.ts'
import { ruleDialogTexts } from '../../ui/view/messages/approvals.ts'
import type { ScriptedAnswer } from '../support/model-endpoint.ts'
import type { WorkbenchDriver } from '../support/program.ts'
import { withProgram } from '../support/with-program.ts'

const runs = (word: string, command: string): ScriptedAnswer => ({
  match: { last: word },
  calls: [{ name: 'Bash', args: { command } }],
})

describe('Several workbenches in one directory', () => {
  const desk = withProgram()

  const asks = async (workbench: WorkbenchDriver, word: string): Promise<void> => {
    await workbench.types(word).presses('enter').sees('approve once')
    await workbench.presses('a').sees(/▸ Bash\(/)
    await workbench.presses('left', 'left', 'left').sees(`‹${ruleDialogTexts.scopes.session}›`)
    await workbench.presses('right').sees(`‹${ruleDialogTexts.scopes.local}›`)
  }

  it('lose none of their rules, messages and memory, and one that is killed stops none of them', async () => {
    await desk.setUp([
      runs('first', 'echo 1 >> one.txt'),
      runs('second', 'echo 2 >> two.txt'),
      runs('third', 'echo $$ > began; exec sleep 100'),
      { sticky: true, text: 'All done.' },
    ])
    const one = desk.opens()
    await one.sees('ready')
    const two = desk.opens({ args: ['--new'] })
    await two.sees('ready')
    await Promise.all([asks(one, 'first'), asks(two, 'second')])
    // Enter that comes with the key of the dialog saves nothing.
    await delay(2 * MIN_VISIBLE_MS)
    for (const workbench of [one, two]) workbench.presses('enter')
    await Promise.all([one, two].map((workbench) => workbench.sees('All done.')))
    expect([desk.read('one.txt'), desk.read('two.txt')]).to.deep.equal(['1\n', '2\n'])

    await one.types('third').presses('enter').sees('approve once')
    one.presses('y')
    const began = path.join(desk.project, 'began')
    while (!existsSync(began) || desk.read('began') === '') await one.pty.settle(20)
    await one.dies('SIGKILL')
    // The command that it was running ends with it.
    while (!hasProcessEnded(Number(desk.read('began')), null)) await two.pty.settle(20)

    await two
      .types('and you?')
      .presses('enter')
      .sees(/and you\?[\s\S]*All done\./)
    const piped = await desk.runs(['-p', 'anybody there?', '--new'])
    expect([piped.code, piped.stdout]).to.deep.equal([0, 'All done.\n'])
    expect(await two.quits()).to.equal(0)

    const { lastAgent, permissions } = JSON.parse(desk.read('.letta/settings.local.json'))
    expect([typeof lastAgent, permissions.allow.toSorted()]).to.deep.equal([
      'string',
      ['Bash(echo 1 >> one.txt)', 'Bash(echo 2 >> two.txt)'],
    ])
    expect(said(desk.home)).to.deep.equal([
      'and you?',
      'anybody there?',
      'first',
      'second',
      'third',
    ])
  })

  it('create one agent for all when they start at the same time', async () => {
    await desk.setUp([{ sticky: true, text: 'Hello.' }])
    const words = ['one', 'two', 'three']
    const ran = await Promise.all(words.map((word) => desk.runs(['-p', word])))
    expect(ran.map(({ code, stdout }) => [code, stdout])).to.deep.equal(
      words.map(() => [0, 'Hello.\n']),
    )
    const { stdout } = await desk.runs(['agents', 'list', '--json'])
    expect(JSON.parse(stdout)).to.have.length(1)
    expect(
      ran.filter(({ stderr }) => stderr.includes(agentCreated(defaultAgentName(desk.project)))),
    ).to.have.length(1)
  })
})

/** The messages to the agents, from the database. */
function said(home: string): readonly string[] {
  const database = new Libsql(path.join(home, '.letta/letta.db'))
  expect(database.prepare('pragma integrity_check').get()).to.include({ integrity_check: 'ok' })
  const bodies: unknown[] = database.prepare('select body from messages').all()
  database.close()
  const text = bodies.map((row) => String(Object(row).body)).join('\n')
  return ['first', 'second', 'third', 'and you?', 'anybody there?']
    .filter((words) => text.includes(`"${words}"`))
    .toSorted()
}
