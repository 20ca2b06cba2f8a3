import { expect } from 'chai'
import { parseKeymap } from '../../../../ui/input/keymap.ts'
import { helpRows } from '../../../../ui/view/panes/help.ts'
import { textOf } from '../rows.ts'
import { styles } from './scene.ts'

const json = {
  name: 'small',
  bindings: {
    global: { f1: 'help.open', 'ctrl+p': 'unknown.command' },
    approval: { y: 'approval.allow' },
  },
}
const commands = ['help.open', 'approval.allow', 'unknown.command']
const { keymap } = parseKeymap(json, 'small', () => null, commands)

describe('The help', () => {
  it('lists slash commands, then keys by their context', () => {
    const rows = helpRows(
      keymap,
      [
        { id: 'help.open', title: 'Show this help', slash: 'help', argument: null, source: null },
        {
          id: 'agent.rename',
          title: 'Rename the agent',
          slash: 'rename',
          argument: { name: 'name', required: true },
          source: null,
        },
        {
          id: 'model.choose',
          title: 'Choose the model',
          slash: 'model',
          argument: { name: 'model', required: false },
          source: null,
        },
        {
          id: 'approval.allow',
          title: 'Allow this call once',
          slash: null,
          argument: null,
          source: null,
        },
      ],
      40,
      styles,
    )
    expect(textOf(rows).map((line) => line.trimEnd())).to.deep.equal([
      'Commands',
      '/help              Show this help',
      '/rename <name>     Rename the agent',
      '/model [model]     Choose the model',
      '',
      'Everywhere',
      'f1                 Show this help',
      'ctrl+p             unknown.command',
      'ctrl+c             app.interrupt',
      'ctrl+d             app.quitWhenEmpty',
      '',
      'Approval',
      'y                  Allow this call once',
    ])
  })
})
