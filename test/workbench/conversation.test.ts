import { expect } from 'chai'
import { copied, ENTRY_PARTS, partSize } from '../../ui/messages/entries.ts'
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
    const copies = (text: string): boolean =>
      workbench.pty.raw().includes(`\x1b]52;c;${Buffer.from(text).toString('base64')}`)
    await workbench.presses('f5', 'k', 'y')
    await workbench.sees(copied(ENTRY_PARTS.message, partSize('How?'), 'terminal'))
    expect(copies('How?')).to.equal(true)
    await workbench.presses('j', 'y').sees(`Copied ${ENTRY_PARTS.answer}`)
    expect(copies(ANSWER)).to.equal(true)
    await workbench.presses('k', 'Y').sees('Copied Markdown')
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
    const refused = { error: { message: 'No such model' } }
    await desk.setUp([{ error: { status: 400, body: refused } }, { text: 'It works now.' }])
    const workbench = await desk.opens({ built: true }).sees('ready')
    await workbench.types('Well?').presses('enter').sees('No such model')
    await workbench.presses('f5').sees(`↻ r ${conversationTexts.retry}`)
    await workbench.presses('r').sees('It works now.')
    await workbench.seesNoMore(conversationTexts.retry)
  })
})
