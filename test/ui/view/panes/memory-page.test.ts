import { expect } from 'chai'
import type { ListedVersion } from '../../../../ui/state/memory-page.ts'
import { memoryPageTexts, memoryTexts } from '../../../../ui/view/messages/memory.ts'
import { memory } from '../../../../ui/view/panes/memory.ts'
import { loadFormatter } from '../../../../ui/view/render/formatter.ts'
import { rowText } from '../../../../ui/view/render/row.ts'
import { rowWidth } from '../../../../ui/view/render/wrap.ts'
import { block, type Fact, given, NOON, optionsFor } from './scene.ts'

const version = (number: number, value: string): ListedVersion => ({
  blockId: 'block-human',
  version: number,
  at: NOON,
  by: 'user',
  origin: {},
  label: 'human',
  value,
  limit: 100,
  description: null,
  isDeletion: false,
  added: 1,
  removed: 0,
})
const human = { ...block('human', 'Likes tea.\nLikes cake.', 100), id: 'block-human' }
const facts = (blockId: string): Fact => ({
  type: 'memoryPage.factsRead',
  facts: {
    blockId,
    value: human.value,
    versions: [version(1, human.value), version(0, 'Likes tea.')],
    lines: [],
    totals: { versions: 2, characters: 12_345 },
  },
})
const shown = (columns: number, rows: number, ...more: readonly Fact[]): readonly string[] => {
  const size = { columns, rows: rows + 6 }
  const loaded: Fact = { type: 'memory.loaded', blocks: [human, block('project', 'x', 100)] }
  const state = given(size, loaded, { type: 'page.opened', page: 'memory' }, ...more)
  const view = memory.render(state, { columns, rows }, optionsFor(state))
  for (const line of view.rows) expect(rowWidth(line)).to.be.at.most(columns)
  return view.rows.map(rowText)
}

describe('The memory page', () => {
  it('has three columns on a wide screen', () => {
    const [head = '', , first = ''] = shown(140, 20, facts('block-human'))
    expect(head).to.include(memoryPageTexts.blocks)
    expect(head).to.include(memoryPageTexts.history('human'))
    expect(head).to.match(/ 2 versions$/)
    expect(first.split('│').map((cell) => cell.trim())).to.deep.equal([
      'project              1     1',
      'Likes tea.',
      '+1  you',
    ])
  })

  it('counts the characters of a block as the server does, an emoji as one', () => {
    const full = { ...block('human', '🍰'.repeat(89), 100), id: 'block-human' }
    const rows = shown(140, 9, { type: 'memory.loaded', blocks: [full] })
    expect(rows.join('\n'))
      .to.include('89/100')
      .and.to.match(/human +89 /)
  })

  it('touches neither edge of the screen', () => {
    for (const columns of [140, 110, 80, 60]) {
      const rows = shown(columns, 20, facts('block-human'))
      for (const text of rows) expect(text.at(0), text).to.equal(' ')
      for (const text of rows.slice(0, -1)) {
        expect(text.trimEnd().length, text).to.be.below(columns)
      }
    }
  })

  it('names the agent and its tool in full in the narrow history', () => {
    const [newest] = [version(1, human.value)]
    const origin = { agentId: 'a', callId: 'c', tool: 'memory_insert' }
    const read = facts('block-human')
    if (read.type !== 'memoryPage.factsRead' || newest === undefined) throw new Error('no facts')
    const versions = [{ ...newest, by: 'agent', origin } as const]
    const rows = shown(140, 20, { ...read, facts: { ...read.facts, versions } })
    expect(rows.join('\n')).to.include(`+1  ${memoryPageTexts.agent} · insert`)
  })

  it('names the agents that have a block, and not that only this agent has it', () => {
    const read = {
      sharing: { 'block-human': ['helper'] },
      places: { 'block-human': 'agent' },
    } as const
    const [head = ''] = shown(160, 20, { type: 'memoryPage.sharingRead', ...read })
    expect(head).to.include('helper').and.not.include(memoryPageTexts.places.agent)
  })

  it('shows no facts of another block', () => {
    expect(shown(140, 20, facts('block-other')).join('\n')).to.include(memoryPageTexts.reading)
  })

  it('shows the history in place of the list on a narrow screen', () => {
    expect(shown(80, 20, facts('block-human'))[0]).to.include(memoryPageTexts.blocks)
    const history: Fact = { type: 'memoryPage.columnChosen', column: 'history' }
    const rows = shown(80, 20, facts('block-human'), history)
    expect(rows[0]).to.include(memoryPageTexts.history('human'))
    expect(rows.join('\n')).to.include('+ Likes cake.')
  })

  it('marks a line that repeats text from outside with its source, and the block that has it', () => {
    const outside: Fact = { type: 'memory.outsideFound', lines: { 'Likes cake.': 'Read evil.md' } }
    const page = shown(140, 20, facts('block-human'), outside).join('\n')
    expect(page).to.match(/human +! /)
    expect(page).to.include('!Likes cake.  ← Read evil.md')
    expect(page).to.include(' Likes tea. ')
    const opened: Fact = { type: 'memory.toggled', label: 'human' }
    const pane = shown(50, 20, outside, opened).join('\n')
    expect(pane).to.include(`! ${memoryTexts.outside}`)
    expect(pane).to.include('! Likes cake.  ← Read evil.md')
  })

  it('shows a block as Markdown on demand, on the page and in the pane', async () => {
    const formatter = await loadFormatter()
    const blocks = [{ ...human, value: '# Tea\n\nLikes **green** tea.' }]
    const loaded: Fact = { type: 'memory.loaded', blocks }
    const toggled: Fact = { type: 'memoryPage.markdownToggled' }
    const opened: Fact = { type: 'memory.toggled', label: 'human' }
    for (const columns of [140, 50]) {
      const rows = (...facts: readonly Fact[]): string => {
        const page: Fact = { type: 'page.opened', page: 'memory' }
        const state = given({ columns, rows: 26 }, loaded, page, opened, ...facts)
        const options = { ...optionsFor(state), formatter }
        return memory.render(state, { columns, rows: 20 }, options).rows.map(rowText).join('\n')
      }
      expect(rows()).to.include('**green**')
      expect(rows(toggled)).to.include('Likes green tea.')
    }
  })

  it('shows authors to the left of the lines, and above them where the text is narrow', () => {
    const [first, second] = [version(0, 'Likes tea.'), version(1, human.value)]
    const lines = [
      { text: 'Likes tea.', version: first, arrival: first, isOldest: false },
      { text: 'Likes cake.', version: second, arrival: second, isOldest: false },
    ]
    const read = facts('block-human')
    if (read.type !== 'memoryPage.factsRead') throw new Error('No facts.')
    const known: Fact = { ...read, facts: { ...read.facts, lines } }
    const toggled: Fact = { type: 'memoryPage.authorsToggled' }
    expect(shown(140, 20, known, toggled).join('\n')).to.match(/v1 you .*│ Likes cake\./)
    const narrow = shown(60, 9, known, toggled).map((row) => row.split('│').at(-1)?.trim())
    expect(narrow.slice(2, 6).map((row) => row?.replace(/ \S+ ago| just now/, ''))).to.deep.equal([
      '── v0 you',
      'Likes tea.',
      '── v1 you',
      'Likes cake.',
    ])
  })

  it('marks a block with an unsaved draft', () => {
    const draft = { human: { before: human.value, text: 'Likes t', file: '', count: 1 } }
    const rows = shown(140, 20, { type: 'memory.draftsFound', drafts: draft })
    expect(rows.join('\n')).to.match(/human +✎/)
  })

  it('is the list of the side column where it has no room', () => {
    expect(shown(50, 20).join('\n')).to.not.include(memoryPageTexts.blocks)
  })
})
