import { expect } from 'chai'
import type { ConversationRow } from '../../../lib/session/state/conversation-row.ts'
import { conversationLines, selectedConversation } from '../../../ui/state/conversations-page.ts'
import { createRootStore } from '../../support/root-store.ts'

const row = (
  id: string,
  directory: string | null,
  more: Partial<ConversationRow> = {},
): ConversationRow => ({
  id,
  agentId: 'agent-1',
  agentName: 'Ada',
  title: id,
  lastMessageAt: 0,
  directory,
  status: null,
  ...more,
})
const ROWS = [
  row('conv-site', '/site'),
  row('conv-here', '/project', { status: 'running' }),
  row('default', null, { title: null }),
]

function listed() {
  const root = createRootStore()
  root.dispatch({ type: 'conversations.listed', rows: ROWS, problem: null })
  const ids = () =>
    conversationLines(root.state).map((line) =>
      line.type === 'group' ? (line.directory ?? '') : `${line.row.id} ${line.status ?? ''}`.trim(),
    )
  return { root, ids }
}

describe('The list of conversations', () => {
  it('begins with those of the open directory, and marks those that run elsewhere', () => {
    const { ids } = listed()
    expect(ids()).to.deep.equal([
      '/project',
      'conv-here running',
      '/site',
      'conv-site',
      '',
      'default',
    ])
  })

  it('shows the state of those that run in this workbench', () => {
    const { root, ids } = listed()
    const other = {
      agentId: 'agent-1',
      agentName: 'Ada',
      conversationId: 'conv-site',
      title: null,
      status: 'approval',
      tool: 'Bash',
      queued: [],
    } as const
    root.dispatch({ type: 'others.changed', others: [other], news: null })
    expect(ids()).to.include('conv-site approval')
  })

  it('is arranged once while an answer streams in, and again when a turn begins', () => {
    const { root } = listed()
    const before = conversationLines(root.state)
    root.dispatch({ type: 'message.delta', role: 'assistant', id: 'a1', text: 'Hm', at: 1 })
    root.dispatch({ type: 'tick', at: 2 })
    expect(conversationLines(root.state)).to.equal(before)
    root.dispatch({ type: 'turn.started', turnId: 't1', at: 3 })
    expect(conversationLines(root.state)).not.to.equal(before)
  })

  it('is not narrowed by what an earlier text has found', () => {
    const { root, ids } = listed()
    root.dispatch({ type: 'page.opened', page: 'conversations' })
    root.dispatch({ type: 'conversations.findStarted' })
    const type = (text: string) =>
      root.dispatch({
        type: 'text.edited',
        editor: { ...root.state.workbench.conversations.query, text, cursor: text.length },
        at: 1,
      })
    type('words')
    root.dispatch({
      type: 'conversations.found',
      query: 'words',
      texts: new Map([['conv-site', 'the words']]),
    })
    expect(ids()).to.deep.equal(['/site', 'conv-site'])
    type('words and more')
    expect(ids()).to.deep.equal([])
    root.dispatch({ type: 'conversations.findEnded', isKept: false })
    expect(ids().length).to.equal(6)
  })

  it('keeps the selected conversation when its place in the list changes', () => {
    const { root } = listed()
    root.dispatch({ type: 'conversations.selected', key: 'conv-site' })
    root.dispatch({ type: 'conversations.listed', rows: ROWS.toReversed(), problem: null })
    expect(selectedConversation(root.state)?.id).to.equal('conv-site')
  })
})
