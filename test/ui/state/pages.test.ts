import { expect } from 'chai'
import type { WorkbenchEvent } from '../../../ui/state/events.ts'
import type { Focus } from '../../../ui/state/state.ts'
import { type Fact, given, WAITING } from '../view/panes/scene.ts'

const at = (...facts: readonly Fact[]) => {
  const { page, focus } = given({ columns: 140, rows: 45 }, ...facts).workbench
  return [page, focus]
}
const open = (page: 'chat' | 'memory' | 'skills'): WorkbenchEvent => ({ type: 'page.opened', page })
const focus = (to: Focus): WorkbenchEvent => ({ type: 'focus.moved', to })
const step: WorkbenchEvent = { type: 'focus.stepped', by: 1 }

describe('A page', () => {
  it('gives the keys to its pane, and the chat page to the message', () => {
    expect(at(open('memory'))).to.deep.equal(['memory', 'memory'])
    expect(at(open('memory'), open('chat'))).to.deep.equal(['chat', 'composer'])
  })

  it('stays when the focus moves to the message or an approval', () => {
    expect(at(open('memory'), focus('composer'))).to.deep.equal(['memory', 'composer'])
    expect(at(...WAITING, open('memory'), focus('approval'))).to.deep.equal(['memory', 'approval'])
  })

  it('is left when the focus moves to a pane that it does not show', () => {
    expect(at(open('memory'), focus('skills'))).to.deep.equal(['skills', 'skills'])
    expect(at(open('memory'), focus('conversation'))).to.deep.equal(['chat', 'conversation'])
    expect(at(focus('memory'))).to.deep.equal(['chat', 'memory'])
  })

  it('has its pane, the message and a pending approval in the order of the focus', () => {
    expect(at(open('skills'), step)).to.deep.equal(['skills', 'composer'])
    expect(at(open('skills'), step, step)).to.deep.equal(['skills', 'skills'])
    expect(at(...WAITING, open('skills'), step)).to.deep.equal(['skills', 'approval'])
  })

  it('does not take the keys from a pending approval when the chat is shown again', () => {
    const asked = [...WAITING, open('memory'), focus('approval'), open('chat')]
    expect(at(...asked)).to.deep.equal(['chat', 'approval'])
  })
})
