import { expect } from 'chai'
import { type Desktop, openDesktop } from '../../support/desktop.ts'

describe('messages that wait for the turn to end', () => {
  let desk: Desktop
  afterEach(() => desk.close())

  /** The message pane: from its title to the status line. */
  const pane = (): readonly string[] => {
    const rows = desk.screen().split('\n')
    const title = rows.findLastIndex((row) => row.includes('▸ Message'))
    return rows.slice(title + 1, -2).map((row) => row.trimEnd())
  }

  it('come back with up, the newest first, and are sent as they were changed', async () => {
    desk = await openDesktop([{ text: 'I begin', hang: true }, { text: 'Both done.' }])
    desk.types('Go').presses('enter')
    await desk.sees('I begin')
    desk.types('first').presses('enter').types('secnd').presses('enter')
    expect(pane()).to.deep.equal([
      '⋯ first',
      '⋯ secnd',
      '› ▮rite the next message; up takes the last one back',
    ])
    desk.presses('up')
    expect(pane()).to.deep.equal(['⋯ first', '› secnd▮'])
    desk.presses('backspace', 'backspace').types('ond').presses('enter')
    expect(pane().slice(0, 2)).to.deep.equal(['⋯ first', '⋯ second'])
    desk.presses('up', 'ctrl+u', 'up')
    expect(pane()).to.deep.equal(['› first▮'])
    desk.presses('ctrl+u', 'escape')
    await desk.sees('Cancelled.')
    expect(desk.session.store.state.queue).to.deep.equal([])
  })

  it('leaves alone what is being written, and goes on to what was sent before', async () => {
    desk = await openDesktop([{ text: 'I begin', hang: true }])
    desk.types('Go').presses('enter')
    await desk.sees('I begin')
    desk.types('later').presses('enter').types('draft').presses('up', 'down')
    expect(pane()).to.deep.equal(['⋯ later', '› draft▮'])
    desk.presses('ctrl+u', 'up', 'ctrl+u', 'up')
    expect(pane()).to.deep.equal(['› later▮'])
  })
})
