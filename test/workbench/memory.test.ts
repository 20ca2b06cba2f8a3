import { existsSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { expect } from 'chai'
import { PRESS_AGAIN_TO_QUIT } from '../../ui/messages/program.ts'
import { memoryChanged } from '../../ui/messages/usage.ts'
import type { WorkbenchDriver } from '../support/program.ts'
import { withProgram } from '../support/with-program.ts'
import { withWorkbench } from '../support/with-workbench.ts'

describe('Memory and skills in the workbench', () => {
  const desk = withProgram()

  it('show at once what the agent remembers, also after a restart', async () => {
    const insert = { name: 'memory_insert', args: { label: 'human', new_string: 'Likes tea.' } }
    await desk.setUp([{ calls: [insert] }, { text: 'Noted.' }, { text: 'Tea it is.' }])
    const first = desk.opens()
    await first.sees('ready')
    await first.types('I like tea').presses('enter').sees('Noted.')
    await first.sees('by the agent')
    await first.sees('+ Likes tea.')
    await first.quits()

    const second = desk.opens()
    await second.sees('Noted.')
    await second.types('What do I like?').presses('enter').sees('Tea it is.')
    expect(JSON.stringify(desk.model.requests[2]?.body.messages)).to.contain('Likes tea.')
  })

  it(
    'include what the person writes into a block in the next turn',
    withWorkbench({ answers: [{ text: 'Understood.' }] }, (workbench) =>
      workbench
        .press('f2')
        .expectFocus('memory')
        .press('down', 'e')
        .expectScreen('Memory: editing human')
        .type('Hates tabs. ')
        .press('ctrl+s')
        .expectScreen('by you')
        .press('f6')
        .submit('Hello')
        .expectScreen('Understood.')
        .check(({ endpoint }) =>
          expect(JSON.stringify(endpoint.requests[0]?.body.messages)).to.contain('Hates tabs.'),
        ),
    ),
  )

  it('are new for a new agent', async () => {
    await desk.setUp([{ text: 'First.' }])
    const first = desk.opens()
    await first.sees('ready')
    await first.types('Hello').presses('enter').sees('First.')
    await first.quits()
    const before = desk.read('.letta/settings.local.json')
    const second = desk.opens({ args: ['--new'] })
    await second.sees('new: persona, human, project, skills')
    expect(second.screen()).to.not.contain('First.')
    await second.quits()
    expect(desk.read('.letta/settings.local.json')).to.not.equal(before)
  })

  it('list skills by category, follow their files, and update the agent', async () => {
    await desk.setUp([{ text: 'I see.' }])
    const workbench = desk.opens({ args: ['--trust'] })
    await workbench.sees(/Web\s+│?[\s\S]*Web Scraper/)
    desk.write('.skills/data/SKILL.MD', '---\nname: Data\ndescription: Reads tables\n---\nx\n')
    await workbench.sees('Reads tables')
    await workbench.types('Skills?').presses('enter').sees('I see.')
    expect(JSON.stringify(desk.model.requests[0]?.body.messages)).to.contain('Reads tables')
  })
})

describe('The history of memory', () => {
  const desk = withProgram()

  it('is shown and restored in the workbench, and the session ends with what has changed', async () => {
    const insert = { name: 'memory_insert', args: { label: 'human', new_string: 'Likes tea.' } }
    await desk.setUp([{ calls: [insert] }, { text: 'Noted.' }])
    const workbench = desk.opens()
    await workbench.sees('ready')
    await workbench.types('I like tea').presses('enter').sees('Noted.')
    await workbench
      .types('/history human')
      .presses('enter')
      .sees(/History of human[\s\S]*v1 .*the agent \(memory_insert\)/)
    await workbench.presses('down', 'enter').sees('Restore this version')
    await workbench.presses('escape').seesNoMore('Restore this version')
    await workbench.quits()
    expect(workbench.screen()).to.contain(memoryChanged(1, 1, 0))
    const { stdout } = await desk.runs(['memory', 'diff', '--session'])
    expect(stdout).to.match(/^--- human\n[\s\S]*\n\+Likes tea\.\n$/)
  })
})

describe('A memory block that others change', () => {
  const desk = withProgram()

  it('shows the change of another process without a turn, and leaves the message that is typed', async () => {
    await desk.setUp()
    const workbench = desk.opens()
    await workbench.sees('ready')
    await workbench.types('half a mess').sees('half a mess')
    await desk.runs(['memory', 'edit', 'human'], { input: 'Written in another shell' })
    await workbench.sees('Written in another shell')
    await workbench.sees('by you in another client')
    await workbench.types('age').sees('half a message')
  })

  it('is merged with what is typed, and a conflict is shown line by line', async () => {
    await desk.setUp()
    await desk.runs(['-p', 'Hello'])
    await desk.runs(['memory', 'edit', 'human'], { input: 'one\ntwo\nthree' })
    const workbench = desk.opens()
    await workbench.sees('ready')
    await workbench.presses('f2', 'down', 'e').sees('Memory: editing human')
    await workbench.types('Tea. ').sees('Tea. one')
    await desk.runs(['memory', 'edit', 'human'], { input: 'ONE\ntwo\nthree' })
    await workbench.sees('modified by you in another client')
    await workbench.presses('ctrl+s').sees('▶ ONE')
    await workbench.presses('b', 'ctrl+s').sees('just now by you')
    const shown = await desk.runs(['memory', 'show', 'human'])
    expect(shown.stdout).to.equal('Tea. one\nONE\ntwo\nthree\n')
  })

  it('leaves the typed text after its editor was closed, and continues with it', async () => {
    await desk.setUp()
    const workbench = await desk.opens({ built: true }).sees('ready')
    await workbench.presses('f2', 'down', 'e').sees('Memory: editing human')
    await workbench.types('Hates tabs. ').sees('Hates tabs.')
    await workbench.presses('escape').sees('leave as draft')
    await workbench.presses('l').sees('unsaved draft')
    await workbench.seesNoMore('Memory: editing human')
    await workbench.presses('e').sees('Hates tabs.')
  })

  const waysOut: Readonly<Record<string, (workbench: WorkbenchDriver) => Promise<unknown>>> = {
    'was killed': async (workbench) => {
      const drafts = path.join(desk.home, '.letta/drafts')
      while (!storedDrafts(drafts).includes('Hates tabs. ')) await delay(20)
      return workbench.dies('SIGKILL')
    },
    'got SIGTERM': (workbench) => workbench.dies('SIGTERM'),
    'lost its terminal': (workbench) => workbench.hangsUp(),
    'was left by keys': async (workbench) => {
      await workbench.presses('ctrl+c').sees('leave as draft')
      await workbench.presses('ctrl+c').sees(PRESS_AGAIN_TO_QUIT)
      workbench.presses('ctrl+c')
      return workbench.pty.exit
    },
  }
  for (const [way, leave] of Object.entries(waysOut)) {
    it(`leaves the typed text after the program ${way}`, async () => {
      await desk.setUp()
      const first = desk.opens()
      await first.sees('ready')
      await first.presses('f2', 'down', 'e').sees('Memory: editing human')
      await first.types('Hates tabs. ').sees('Hates tabs.')
      await leave(first)
      const second = desk.opens()
      await second.sees('unsaved draft')
      await second.presses('f2', 'down', 'e').sees('Hates tabs.')
      await second.presses('ctrl+s').sees('by you')
      const shown = await desk.runs(['memory', 'show', 'human'])
      expect(shown.stdout).to.contain('Hates tabs. ')
    })
  }
})

function storedDrafts(directory: string): string {
  if (!existsSync(directory)) return ''
  const names = readdirSync(directory).filter((file) => file.endsWith('.json'))
  return names.map((name) => readFileSync(path.join(directory, name), 'utf8')).join('\n')
}
