import { expect } from 'chai'
import { createEditor } from '../../../ui/state/editor.ts'
import { matchingPickerItems } from '../../../ui/state/selectors.ts'
import type { PickerItem } from '../../../ui/state/state.ts'

const item = (title: string, detail = ''): PickerItem => ({
  title,
  detail,
  current: false,
  action: { type: 'message.recall', text: title },
})

const found = (query: string, ...items: readonly PickerItem[]): readonly string[] =>
  matchingPickerItems({
    type: 'picker',
    title: '',
    items,
    query: createEditor(query),
    selected: 0,
  }).map(({ title }) => title)

describe('The items of a list that fit what is typed', () => {
  it('begin with words in the title, then words elsewhere, then letters in their order', () => {
    const items = [item('Change mode'), item('Quit', 'leave'), item('List all', 'change')]
    expect(found('change', ...items)).to.deep.equal(['Change mode', 'List all'])
    expect(found('chm', ...items)).to.deep.equal(['Change mode'])
    expect(found('mode chan', ...items)).to.deep.equal(['Change mode'])
    expect(found('', ...items)).to.deep.equal(['Change mode', 'Quit', 'List all'])
  })

  it('are, of commands, first those whose titles begin with it', () => {
    const commands = ['Sign out and quit', 'Show queued messages', 'Quit'].map(
      (title): PickerItem => ({
        ...item(title),
        action: { type: 'command.run', commandId: title },
      }),
    )
    expect(found('quit', ...commands)).to.deep.equal(['Quit', 'Sign out and quit'])
    expect(found('q', ...commands)[0]).to.equal('Quit')
  })

  it('are not those whose letters fit by accident', () => {
    expect(found('qxit', item('Quit'))).to.deep.equal([])
    expect(found('rsn', item('Write the next message to this agent'))).to.deep.equal([])
  })

  it('stay in their order, so that newer messages come first', () => {
    const messages = [item('run the tests'), item('tests')]
    expect(found('tests', ...messages)).to.deep.equal(['run the tests', 'tests'])
  })
})
