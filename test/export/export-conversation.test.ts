import { expect } from 'chai'
import { exportConversation } from '../../lib/export/export-conversation.ts'
import { type ExportedConversation, formatOfFile } from '../../lib/export/exported-conversation.ts'
import type { Entry, ToolPhase } from '../../lib/session/state/entry.ts'

const FINISHED: ToolPhase = {
  type: 'finished',
  preview: null,
  status: 'success',
  text: 'Replaced 1 occurrence.',
  tookMs: null,
}
const toolEntry = (tool: string, args: object, phase: ToolPhase = FINISHED): Entry => ({
  type: 'tool',
  id: tool,
  call: { callId: tool, tool, args: JSON.stringify(args), label: '', host: 'local', phase },
})
const conversationWith = (...entries: readonly Entry[]): ExportedConversation => ({
  id: 'conv-1',
  title: 'Layout & <tests>',
  heading: 'Layout & <tests>',
  agent: { id: 'agent-1', name: 'Ada', model: 'openai/gpt' },
  entries,
  exportedAt: '2026-11-29T12:30:00.000Z',
})
const EDIT = toolEntry('Edit', { file_path: 'a.ts', old_string: 'let a', new_string: 'const a' })

describe('A conversation exported as Markdown', () => {
  it('has who said what, and the changes of calls as diffs', () => {
    const user: Entry = { type: 'user', id: 'u', text: 'Fix *it*', at: 0, outcome: 'kept' }
    const text = exportConversation(
      conversationWith(user, EDIT, { type: 'assistant', id: 'a', text: 'Done.' }),
      'markdown',
    )
    expect(text.split('\n')).to.deep.equal([
      '# Layout & <tests>',
      '',
      '*Conversation with Ada (openai/gpt), exported 2026-11-29 12:30*',
      '',
      '## You',
      '',
      'Fix *it*',
      '',
      '## Ada',
      '',
      '**Edit a.ts**',
      '',
      '```diff',
      '@@ -1,1 +1,1 @@',
      '-let a',
      '+const a',
      '```',
      '',
      'Done.',
      '',
    ])
  })

  it('has a heading wherever the speaker changes, and for each message of the person', () => {
    const user = (id: string): Entry => ({ type: 'user', id, text: id, at: 0, outcome: 'kept' })
    const text = exportConversation(
      conversationWith(user('One'), user('Two'), EDIT, EDIT, user('Three')),
      'markdown',
    )
    expect(text.match(/^## .*/gm)).to.deep.equal(['## You', '## You', '## Ada', '## You'])
  })

  it('fences output that contains fences, and says what became of a call', () => {
    const phase: ToolPhase = { ...FINISHED, status: 'error', text: '```\nno' }
    const text = exportConversation(
      conversationWith(toolEntry('Bash', { command: 'cat a.md' }, phase)),
      'markdown',
    )
    expect(text).to.include('**Bash cat a.md** (failed)\n\n````\n```\nno\n````')
  })
})

describe('A conversation exported as HTML', () => {
  const page = (text: string): string =>
    exportConversation(conversationWith({ type: 'assistant', id: 'a', text }), 'html')

  it('is one file that forbids scripts and loads nothing', () => {
    const html = page('Hi')
    expect(html).to.include("default-src 'none'")
    expect(html).to.not.match(/<(script|link|img|iframe)|src=|url\(/i)
  })

  it('shows HTML of the model as text', () => {
    const html = page('<img src=x onerror=alert(1)>\n\n<script>alert(1)</script>\n\n**bold**')
    expect(html).to.not.match(/<img|<script/i)
    expect(html).to.include('<strong>bold</strong>')
  })

  it('has no link but to the web, and no image', () => {
    const html = page(
      '[a](javascript:alert(1)) [b](https://b.example/?x="y) ![c](https://c.example/i.png)',
    )
    expect(html).to.not.match(/javascript:|<img/i)
    expect([...html.matchAll(/href="([^"]*)"/g)].map(([, href]) => href)).to.deep.equal([
      'https://b.example/?x=&#34;y',
      'https://c.example/i.png',
    ])
  })

  it('has the changes of calls as tables', () => {
    const html = exportConversation(conversationWith(EDIT), 'html')
    expect(html).to.include('<tr class="removed"><td>1</td><td></td><td><pre>let a</pre></td></tr>')
    expect(html).to.include('<tr class="added"><td></td><td>1</td><td><pre>const a</pre></td></tr>')
  })
})

describe('A conversation exported as JSON lines', () => {
  it('has the conversation first, and then one entry a line', () => {
    const lines = exportConversation(conversationWith(EDIT), 'jsonl').trimEnd().split('\n')
    expect(lines.map((line) => JSON.parse(line))).to.deep.equal([
      {
        type: 'conversation',
        id: 'conv-1',
        title: 'Layout & <tests>',
        agent: { id: 'agent-1', name: 'Ada', model: 'openai/gpt' },
        exportedAt: '2026-11-29T12:30:00.000Z',
      },
      EDIT,
    ])
  })
})

describe('The name of an export file', () => {
  it('says its format', () => {
    const names = ['a.md', 'b.HTML', 'c/d.jsonl', 'e.txt', 'jsonl']
    expect(names.map(formatOfFile)).to.deep.equal(['markdown', 'html', 'jsonl', null, null])
  })
})
