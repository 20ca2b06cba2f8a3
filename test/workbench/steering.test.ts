import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { expect } from 'chai'
import { QUEUE_ACTIONS } from '../../ui/messages/composer.ts'
import { PICKER_TITLES } from '../../ui/messages/program.ts'
import { composerTexts } from '../../ui/view/messages/composer.ts'
import { conversation } from '../support/session.ts'
import { withProgram } from '../support/with-program.ts'

const { queuedFor } = composerTexts
const WAIT = { command: 'while [ ! -e go ]; do sleep 0.02; done; echo it ran' }

describe('A message that is sent in the terminal while the agent works', () => {
  const desk = withProgram()
  const args = ['--permission-mode', 'bypassPermissions']

  it('is read at the next step after Enter, and at the end of the turn after Alt+Enter', async () => {
    await desk.setUp([
      { text: 'I run it.', calls: [{ id: 'c1', name: 'Bash', args: WAIT }] },
      { text: 'In English, then.' },
      { text: 'Committed.' },
    ])
    const workbench = await desk.opens({ args, built: true }).sees('ready')
    await workbench.types('Run it').presses('enter').sees('Bash')
    await workbench.types('in English').presses('enter').sees(`⋯ ${queuedFor.step}: in English`)
    await workbench.types('commit').presses('alt+enter').sees(`⋯ ${queuedFor.end}: commit`)
    writeFileSync(path.join(desk.project, 'go'), '')
    await workbench.sees('Committed.')
    const [, second, third] = desk.model.requests.map(conversation)
    expect(second?.at(-2)).to.equal('c1 OK: it ran\n')
    expect(second?.at(-1)).to.match(/^user: .*in English$/s)
    expect(third?.at(-2)).to.equal('assistant: In English, then.')
    expect(third?.at(-1)).to.match(/^user: .*commit$/s)
    // Without a turn, the same key begins a line.
    await workbench.sees('ready')
    await workbench
      .types('one')
      .presses('alt+enter')
      .types('two')
      .sees(/! one\s*\n\s*two/)
  })

  it('is edited, moved and removed in the list of the queue, and returns to the message on Escape', async () => {
    await desk.setUp([{ text: 'I begin', hang: true }])
    const workbench = await desk.opens({ built: true }).sees('ready')
    await workbench.types('Go').presses('enter').sees('I begin')
    for (const text of ['first', 'secnd', 'third']) {
      await workbench.types(text).presses('enter').sees(`⋯ ${queuedFor.step}: ${text}`)
    }
    const shown = (...texts: readonly string[]): RegExp =>
      new RegExp(texts.map((text) => `⋯ [^:]*: ${text}`).join('[^⋯]*'))
    const choose = async (down: number, action: string): Promise<void> => {
      workbench.presses('alt+o')
      await workbench.sees(PICKER_TITLES.queue)
      await workbench.presses(...Array<string>(down).fill('down'), 'enter').sees(action)
      workbench.types(action).presses('enter')
    }
    await choose(1, QUEUE_ACTIONS.up)
    await workbench.sees(/▸ +secnd.*\n.*first.*\n.*third/)
    await workbench.presses('escape').seesNoMore(PICKER_TITLES.queue)
    await workbench.sees(shown('secnd', 'first', 'third'))
    await choose(1, QUEUE_ACTIONS.remove)
    await workbench.seesNoMore(`${queuedFor.step}: first`)
    await choose(0, QUEUE_ACTIONS.edit)
    await workbench.sees(/› secnd/)
    await workbench.presses('backspace', 'backspace').types('ond').presses('enter')
    await workbench.sees(shown('third', 'second'))
    await workbench.presses('escape').sees(/› third\s*\n\s*\n\s*second/)
    await workbench.sees('ready')
    expect(desk.model.requests).to.have.lengthOf(1)
  })
})
