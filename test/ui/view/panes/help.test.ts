import { expect } from 'chai'
import { type KeyContext, parseKeymap } from '../../../../ui/input/keymap.ts'
import { dialogTexts } from '../../../../ui/view/messages/dialogs.ts'
import { helpRows } from '../../../../ui/view/panes/help.ts'
import { textOf } from '../rows.ts'
import { styles } from './scene.ts'

const json = {
  name: 'small',
  bindings: {
    global: { f1: 'help.open', 'ctrl+p': 'unknown.command' },
    approval: { y: 'approval.allow', enter: 'approval.allow' },
  },
}
const commands = ['help.open', 'approval.allow', 'unknown.command']
const { keymap } = parseKeymap(json, 'small', () => null, commands)

const TABLE = [
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
  { id: 'approval.allow', title: 'Allow once', slash: null, argument: null, source: null },
]

const lines = (contexts: readonly KeyContext[], query = '') =>
  textOf(helpRows({ keymap, commands: TABLE }, { contexts, query }, 50, styles)).map((line) =>
    line.trimEnd(),
  )

const EVERYWHERE = lines(['global']).slice(0, lines(['global']).indexOf(''))

describe('The help', () => {
  it('lists the keys of the focused pane, those that work everywhere, slash commands, then others', () => {
    const everything = lines(['approval', 'global'])
    expect(everything.slice(0, 3)).to.deep.equal(['Approval', 'y  enter           Allow once', ''])
    expect(everything.slice(3, 3 + EVERYWHERE.length)).to.deep.equal(EVERYWHERE)
    expect(EVERYWHERE).to.include.members(['Everywhere', 'f1                 Show this help'])
    expect(everything.slice(3 + EVERYWHERE.length)).to.deep.equal([
      '',
      'Commands',
      '/help              Show this help',
      '/rename <name>     Rename the agent',
      '/model [model]     Choose the model',
    ])
    expect(lines(['global']).slice(-2)).to.deep.equal(['Approval', 'y  enter           Allow once'])
  })

  it('shows all keys of a command where there is room for them', () => {
    const keys = ['alt+enter', 'shift+enter', 'ctrl+j']
    const bindings = { composer: Object.fromEntries(keys.map((key) => [key, 'help.open'])) }
    const many = parseKeymap({ name: 'many', bindings }, 'many', () => null, commands).keymap
    const tables = { keymap: many, commands: TABLE }
    const place = { contexts: ['composer'], query: 'ctrl+j' } as const
    const wide = textOf(helpRows(tables, place, 90, styles))[1]?.trimEnd()
    expect(wide).to.equal('alt+enter  shift+enter  ctrl+j Show this help')
    const narrow = textOf(helpRows(tables, place, 50, styles))[1]?.trimEnd()
    expect(narrow).to.equal('alt+enter  shift+… Show this help')
    const smallest = textOf(helpRows(tables, { ...place, query: '' }, 20, styles))[1]?.trimEnd()
    expect(smallest).to.equal('alt+enter… Show thi…')
  })

  it('shows the lines that have all words of the query, under their titles', () => {
    expect(lines(['global'], 'the CHOOSE')).to.deep.equal([
      'Commands',
      '/model [model]     Choose the model',
    ])
    expect(lines(['global'], 'f1')).to.deep.equal([
      'Everywhere',
      'f1                 Show this help',
    ])
    expect(lines(['global'], 'nothing')).to.deep.equal([dialogTexts.noMatches])
  })
})
