import { expect } from 'chai'
import { copied, ENTRY_PARTS, partSize, SELECTED_TEXT } from '../../ui/messages/entries.ts'
import { PICKER_TITLES } from '../../ui/messages/program.ts'
import { conversationTexts } from '../../ui/view/messages/conversation.ts'
import { withProgram } from '../support/with-program.ts'

const ANSWER = 'Use **this**, and nothing else.'

describe('The conversation in the terminal', () => {
  const desk = withProgram()

  it('copies the entry at the cursor as text and as Markdown through the terminal', async () => {
    await desk.setUp([{ text: ANSWER }])
    // Neither a display nor a multiplexer: only the terminal can take the text.
    const environment = {
      DISPLAY: undefined,
      WAYLAND_DISPLAY: undefined,
      TMUX: undefined,
      SSH_TTY: '/dev/pts/0',
    }
    const workbench = await desk.opens({ built: true, environment }).sees('ready')
    await workbench.types('How?').presses('enter').sees('nothing else.')
    await workbench.sees('ready')
    const copies = (text: string): number =>
      workbench.pty.raw().split(`\x1b]52;c;${Buffer.from(text).toString('base64')}\x07`).length - 1
    await workbench.presses('f5', 'k', 'y')
    await workbench.sees(copied(ENTRY_PARTS.message, partSize('How?'), 'terminal'))
    expect(copies('How?')).to.equal(1)
    await workbench.presses('j', 'y').sees(`Copied ${ENTRY_PARTS.answer}`)
    expect(copies(ANSWER)).to.equal(1)
    await workbench.presses('Y').sees('Copied Markdown')
    await workbench.pty.waitFor(() => copies(ANSWER) === 2)
  })

  it('copies what is selected by dragging with the mouse, without the text of other panes', async () => {
    await desk.setUp([{ text: 'One line to take.\n\nAnother line to take.' }])
    const environment = { DISPLAY: undefined, WAYLAND_DISPLAY: undefined, TMUX: undefined }
    const workbench = await desk
      .opens({ built: true, environment: { ...environment, SSH_TTY: '/dev/pts/0' } })
      .sees('ready')
    await workbench.types('Well?').presses('enter').sees('Another line to take.')
    await workbench.sees('ready')
    const at = (text: string): readonly [number, number] => {
      const y = workbench.pty.screen().findIndex((row) => row.includes(text))
      return [workbench.pty.screen()[y]?.indexOf(text) ?? 0, y]
    }
    const [x, y] = at('Another')
    workbench.pty.drag(at('One line'), [x + 'Another line'.length - 1, y])
    await workbench.sees(`Copied ${SELECTED_TEXT}`)
    const text = Buffer.from('One line to take.\n\nAnother line').toString('base64')
    expect(workbench.pty.raw()).to.include(`\x1b]52;c;${text}`)
  })

  it('is quoted, filtered by kind, and forked at a message of the user', async () => {
    await desk.setUp([{ text: ANSWER }, { text: 'Then that.' }, { text: 'As you like.' }])
    const workbench = await desk.opens({ built: true }).sees('ready')
    await workbench.types('How?').presses('enter').sees('nothing else.')
    await workbench.types('And then?').presses('enter').sees('Then that.')
    await workbench.sees('ready')
    await workbench.presses('f5', '>').sees(/› > Then that\./)
    await workbench.presses('ctrl+c').seesNoMore('> Then that.')
    await workbench.presses('f5', 'f').sees(PICKER_TITLES.filter)
    await workbench.types('answers').presses('enter').seesNoMore('▌ How?')
    expect(workbench.screen()).to.include('nothing else.').and.include('Then that.')
    await workbench.presses('escape').sees('▌ How?')
    // The text of the message is written again, and the conversation ends before it.
    await workbench.presses('end', '[', 'F').sees(/› And then\?/)
    await workbench.seesNoMore('Then that.')
    expect(workbench.screen()).to.include('nothing else.')
    await workbench.presses('enter').sees('As you like.')
    const sent = JSON.stringify(desk.model.requests.at(-1)?.body.messages)
    expect(sent).to.include('nothing else.').and.not.include('Then that.')
  })

  it('counts down to the next attempt after the provider named a time, and tries at once on a key', async () => {
    const limit = { error: { message: 'Rate limit reached. Please try again in 40s' } }
    await desk.setUp([
      { error: { status: 429, headers: { 'retry-after': '40' }, body: limit } },
      { text: 'Now there is room.' },
    ])
    const workbench = await desk.opens({ built: true }).sees('ready')
    await workbench.types('Well?').presses('enter').sees('next attempt in')
    const left = (): number => Number(/next attempt in (\d+) s/.exec(workbench.screen())?.[1])
    const before = left()
    await workbench.pty.waitFor(() => left() < before)
    await workbench.presses('f5', 'r').sees('Now there is room.')
    await workbench.seesNoMore('next attempt in')
    expect(desk.model.requests).to.have.lengthOf(2)
  })

  it('sends a message again that has failed, by the key below the error', async () => {
    const message = `No such model: ${'a long explanation, '.repeat(20)}of which nothing is cut`
    const refused = { error: { message } }
    await desk.setUp([{ error: { status: 400, body: refused } }, { text: 'It works now.' }])
    const workbench = await desk.opens({ built: true }).sees('ready')
    await workbench
      .types('Well?')
      .presses('enter')
      .sees(/of which\s+nothing\s+is\s+cut/)
    await workbench.presses('f5').sees(`↻ r ${conversationTexts.retry}`)
    await workbench.presses('r').sees('It works now.')
    await workbench.seesNoMore(conversationTexts.retry)
  })
})
