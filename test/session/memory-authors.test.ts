import { expect } from 'chai'
import { cleanLine } from '../../ui/view/render/sanitize.ts'
import { withSession } from '../support/with-session.ts'

describe('A line that the agent moves', () => {
  const desk = withSession()

  const call = (id: string, name: string, args: object) => ({ id, name, args })
  const remove = (id: string, line: string) =>
    call(id, 'memory_replace', { label: 'human', old_string: line, new_string: '' })
  const insert = (id: string, line: string, label = 'persona', at = -1) =>
    call(id, 'memory_insert', { label, new_string: line, insert_line: at })
  const set = async (label: string, value: string): Promise<void> => {
    const { store, memory } = desk.session
    const before = store.state.memory.find(({ block }) => block.label === label)?.block.value
    await memory.edit(label, value, before ?? '')
  }
  const authors = async (label: string): Promise<readonly string[]> => {
    const lines = await desk.session.memory.blame(label)
    return lines.map(({ text, version: { label: of, by } }) => `${of} ${by} ${cleanLine(text)}`)
  }
  const play = async (...calls: readonly ReturnType<typeof call>[]): Promise<void> => {
    await desk.start([...calls.map((one) => ({ calls: [one] })), { text: 'Done.' }])
    await desk.session.opened
    await set('human', 'Has a cat.\nLikes tea.\nWorks at night.')
    await set('persona', 'I am short.')
    desk.session.turns.send('Tidy up')
    await desk.settled()
    await desk.session.memory.refresh()
  }

  it('keeps its author, whether it is inserted before it is removed or after', async () => {
    await play(remove('c1', 'Has a cat.\n'), insert('c2', 'Has a cat.'), insert('c3', 'Likes tea.'))
    expect(await authors('persona')).to.deep.equal([
      'persona user I am short.',
      'human user Has a cat.',
      'human user Likes tea.',
    ])
    expect(await authors('human')).to.deep.equal([
      'human user Likes tea.',
      'human user Works at night.',
    ])
  })

  it('keeps its author within a block, where the move takes two calls', async () => {
    await play(
      remove('c1', 'Has a cat.\n'),
      insert('c2', 'Has a cat.', 'human'),
      insert('c3', 'Has a dog.', 'human'),
    )
    expect(await authors('human')).to.deep.equal([
      'human user Likes tea.',
      'human user Works at night.',
      'human user Has a cat.',
      'human agent Has a dog.',
    ])
  })

  it('keeps its author when a person approves only a part of the change', async () => {
    await desk.start([{ calls: [insert('c1', 'Has a cat.\nIs old.')] }, { text: 'Done.' }], {
      files: { '.letta/settings.json': JSON.stringify({ permissions: { ask: ['Memory'] } }) },
    })
    await desk.session.opened
    await set('human', 'Has a cat.')
    await set('persona', 'I am short.')
    desk.session.turns.send('Tidy up')
    await desk.asks()
    desk.session.approvals.allow('c1', { rejectedLines: [1] })
    await desk.settled()
    expect(await authors('persona')).to.deep.equal([
      'persona user I am short.',
      'human user Has a cat.',
    ])
  })
})
