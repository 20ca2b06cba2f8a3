import { expect } from 'chai'
import { type NotificationSetting, startAttention } from '../../../ui/app/attention.ts'
import { ATTENTION } from '../../../ui/messages/program.ts'
import { createRootStore } from '../../support/root-store.ts'

const FINISHED = { type: 'turn.finished', apiMs: 0, at: 0, id: 'end' } as const

/** What the terminal does when turns end. */
function called(setting: NotificationSetting, focused: boolean): readonly string[] {
  const root = createRootStore()
  const done: string[] = []
  const terminal = {
    bell: () => void done.push('bell'),
    notify: (text: string) => void done.push(text),
  }
  startAttention(root, terminal, setting)
  const agent = { id: 'a', name: 'Ada', model: 'm', contextWindow: null, effort: null, tools: [] }
  root.dispatch({ type: 'agent.opened', agent })
  root.dispatch({ type: 'terminal.focused', focused })
  root.dispatch({ ...FINISHED, outcome: { type: 'done' } })
  root.dispatch({
    ...FINISHED,
    outcome: { type: 'failed', message: 'No.', hint: null, stop: 'error' },
  })
  return done
}

describe('A terminal without focus', () => {
  it('rings and notifies when a turn ends or fails, as the setting says', () => {
    expect(called('auto', false)).to.deep.equal([
      'bell',
      ATTENTION.done('Ada'),
      'bell',
      ATTENTION.failed('Ada'),
    ])
    expect(called('bell', false)).to.deep.equal(['bell', 'bell'])
    expect(called('off', false)).to.deep.equal([])
  })

  it('is left alone while it has the focus', () => {
    expect(called('auto', true)).to.deep.equal([])
  })
})
