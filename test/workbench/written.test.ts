// cspell:ignore bldprs
import { statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { expect } from 'chai'
import { modelReadsNoImages } from '../../lib/session/messages/agents.ts'
import { newPasteLabel } from '../../ui/messages/composer.ts'
import { PICKER_TITLES } from '../../ui/messages/program.ts'
import { modeLabels } from '../../ui/view/messages/panes.ts'
import { withProgram } from '../support/with-program.ts'

const PIXEL =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='

/** The last row in the default mode. */
const READY = /^ ready/m

describe('What is written and pasted into the message', () => {
  const desk = withProgram()
  const sent = (): string => JSON.stringify(desk.model.requests.at(-1)?.body.messages?.at(-1))

  it('is in the history of all agents, each once, for the user only, and found by some of its letters', async () => {
    await desk.setUp([{ text: 'Built.' }, { text: 'Two.' }, { text: 'Again.' }])
    const first = await desk.opens({ built: true }).sees('ready')
    for (const [text, answer] of [
      ['build the parser', 'Built.'],
      ['second one', 'Two.'],
      ['build the parser', 'Again.'],
    ] as const) {
      await first.types(text).presses('enter').sees(answer)
      await first.sees('ready')
    }
    await first.quits()
    const file = path.join(desk.home, '.letta/history.jsonl')
    expect(statSync(file).mode & 0o777).to.equal(0o600)
    const second = await desk.opens({ built: true, args: ['--new'] }).sees('ready')
    await second.presses('up').sees('› build the parser')
    await second.presses('up').sees('› second one')
    await second
      .presses('up')
      .presses('down', 'down')
      .sees(/› (Type|build)/)
    await second.presses('ctrl+u', 'ctrl+r').sees(PICKER_TITLES.messages)
    await second.types('bldprs').sees(/▸ +build the parser/)
    await second.presses('enter').sees('› build the parser')
    // Ctrl+C empties the message; it is the newest of the history then.
    await second.types(', quickly').presses('ctrl+c').sees('Type a message')
    await second.presses('up').sees('› build the parser, quickly')
    await second.presses('ctrl+c').sees('Type a message')
    await second.quits()
  })

  it('is one message when it is pasted, a long text by its label, and sends files, lines of one, and images', async () => {
    await desk.setUp([{ sticky: true, text: 'Seen.' }])
    desk.write('lib/lines.ts', 'one\ntwo\nthree\nfour\n')
    const image = path.join(desk.project, 'shot one.png')
    writeFileSync(image, Buffer.from(PIXEL, 'base64'))
    const workbench = await desk.opens({ built: true }).sees('ready')
    const sends = async (shown: string | RegExp): Promise<void> => {
      await workbench.sees(shown)
      const before = desk.model.requests.length
      workbench.presses('enter')
      await workbench.pty.waitFor(() => desk.model.requests.length > before)
      await workbench.sees('ready')
    }
    // Without brackets: the lines arrive at once, and so would an Enter that followed directly.
    workbench.types('fix this:\r  first\r  second')
    await workbench.sees('second')
    await workbench.pty.settle(200)
    await sends(/› fix this:\s*\n\s+first\s*\n\s+second/)
    expect(sent()).to.include('fix this:\\n  first\\n  second')
    const long = Array.from({ length: 84 }, (_, at) => `row ${at}`).join('\n')
    const label = newPasteLabel({ lines: 84, characters: long.length, number: 1 })
    workbench.types('Read ').pty.paste(long)
    await workbench.sees(`› Read ${label}`)
    await workbench.presses('alt+e').sees('row 83')
    await workbench.presses('alt+e').seesNoMore('row 83')
    await sends(`› Read ${label}`)
    expect(sent()).to.include('row 0\\nrow 1\\n').and.include('row 83')
    workbench.types('Read @lib/lines.ts:2-3')
    await sends('+ lib/lines.ts:2-3 2 lines, 10 B')
    expect(sent()).to.include('two\\nthree').and.not.include('four')
    await workbench
      .types('All of @lib/lines.ts please')
      .presses('alt+a')
      .sees('+ lib/lines.ts 4 lines')
    await sends('› All of @+lib/lines.ts')
    expect(sent()).to.include('three\\nfour')
    // A file that is dropped on the terminal arrives as its path.
    workbench.pty.paste(`'${image}'`)
    await sends(/shot one\.png 1×1 PNG 70 B/)
    expect(sent()).to.include(PIXEL)
  })

  it('contains no image for a model that reads text only', async () => {
    await desk.setUp([])
    const image = path.join(desk.project, 'shot.png')
    writeFileSync(image, Buffer.from(PIXEL, 'base64'))
    const args = ['--model', 'openai/gpt-3.5-turbo']
    const workbench = await desk.opens({ built: true, args }).sees('ready')
    workbench.pty.paste(image)
    await workbench.sees('✗ ')
    await workbench.presses('enter').sees(modelReadsNoImages('openai/gpt-3.5-turbo'))
    expect(desk.model.requests).to.have.lengthOf(0)
    expect(workbench.screen()).to.include('shot.png')
  })

  it('is for an agent in the mode of the settings, and in the mode without approval only after that was used', async () => {
    await desk.setUp([])
    const opens = (args: readonly string[]) => desk.opens({ built: true, args }).sees('ready')
    const cycle = async (
      args: readonly string[],
      ...modes: readonly (string | RegExp)[]
    ): Promise<void> => {
      const workbench = await opens(args)
      for (const mode of modes) await workbench.presses('shift+tab').sees(mode)
      await workbench.quits()
    }
    const { acceptEdits, plan, bypassPermissions } = modeLabels
    await cycle([], acceptEdits, plan, READY)
    await cycle(
      ['--permission-mode', 'bypassPermissions'],
      READY,
      acceptEdits,
      plan,
      bypassPermissions,
    )
    const settings = path.join(desk.home, '.letta/settings.json')
    writeFileSync(settings, JSON.stringify({ permissionMode: 'plan' }))
    await cycle([], READY, acceptEdits, plan)
  })
})
