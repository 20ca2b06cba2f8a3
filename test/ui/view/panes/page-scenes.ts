import type { ConversationRow } from '../../../../lib/session/state/conversation-row.ts'
import { diffHunks } from '../../../../lib/util/unified-diff.ts'
import { PICKER_TITLES } from '../../../../ui/messages/program.ts'
import { createEditor, EMPTY_EDITOR } from '../../../../ui/state/editor.ts'
import type { ListedVersion } from '../../../../ui/state/memory-page.ts'
import type { Overlay } from '../../../../ui/state/state.ts'
import { block, type Fact, FINISHED, NOON, OPENED, WAITING } from './scene.ts'

/** Each page with what it usually shows, the approval and the large dialogs, and the sizes at which they are drawn in the snapshots. */

const diff = (before: string, after: string) => {
  const { hunks, added, removed } = diffHunks(before, after)
  const counts = { type: 'text', added, removed } as const
  return { counts, preview: { hunks, added, removed, created: false, remark: null } }
}
const LAYOUT = diff(
  'export function height(state) {\n  return Math.min(8, lines(state).length)\n}\n',
  'export function height(state) {\n  const most = state.rows * 0.4\n  return Math.min(most, lines(state).length)\n}\n',
)
const changedFile = (label: string) => ({
  path: `/home/ada/engine/${label}`,
  label,
  status: 'modified' as const,
  before: 'v1',
  after: 'v2',
  mode: 0o644,
  diff: LAYOUT.counts,
  sources: ['tool' as const],
  commands: [],
  ids: ['c1'],
  turnIds: ['t1'],
  at: NOON,
})
const CHANGED: readonly Fact[] = [
  ...OPENED,
  {
    type: 'changes.found',
    summary: {
      files: [
        changedFile('ui/view/layout.ts'),
        {
          ...changedFile('package-lock.json'),
          sources: ['shell'],
          commands: ['npm install left-pad'],
        },
        { ...changedFile('.gitignore'), sources: ['outside'], status: 'added' },
      ],
      turns: [
        {
          turnId: 't1',
          at: NOON,
          text: 'Make the layout pure',
          messageId: 'm1',
          undone: false,
          changes: [
            {
              ...changedFile('ui/view/layout.ts'),
              id: 'c1',
              tool: 'Edit',
              source: 'tool',
              command: null,
              undone: false,
            },
          ],
        },
      ],
      added: 6,
      removed: 3,
    },
  },
  { type: 'page.opened', page: 'changes' },
  {
    type: 'changes.compared',
    comparison: {
      path: '/home/ada/engine/ui/view/layout.ts',
      before: 'v1',
      after: 'v2',
      type: 'text',
      preview: { type: 'diff', path: 'ui/view/layout.ts', ...LAYOUT.preview },
    },
  },
]

const JOBS: readonly Fact[] = [
  ...FINISHED,
  { type: 'job.started', jobId: 'a', command: 'npm run dev', at: NOON },
  { type: 'job.output', jobId: 'a', text: 'Listening on port 5173.\nPage reloaded.\n' },
  { type: 'job.started', jobId: 'b', command: 'npm test -- --watch', at: NOON },
  { type: 'job.exited', jobId: 'b', code: 1, signal: null },
  { type: 'page.opened', page: 'jobs' },
  { type: 'job.selected', id: 'a' },
]

const PROJECT = block(
  'project',
  'engine: an analytical engine in TypeScript.\nTests: npm test\nNever touch vendor/.\nadd() takes any number of numbers.',
  2_000,
)

const version = (number: number, value: string, by: 'agent' | 'user'): ListedVersion => ({
  blockId: PROJECT.id,
  version: number,
  at: NOON + number * 1000,
  by,
  origin: {},
  label: PROJECT.label,
  value,
  limit: PROJECT.limit,
  description: null,
  isDeletion: false,
  added: 1,
  removed: 0,
})

const MEMORY: readonly Fact[] = [
  ...FINISHED,
  { type: 'page.opened', page: 'memory' },
  { type: 'memory.selected', label: 'project' },
  {
    type: 'memoryPage.factsRead',
    facts: {
      blockId: PROJECT.id,
      value: PROJECT.value,
      versions: [
        version(1, PROJECT.value, 'agent'),
        version(0, PROJECT.value.split('\n').slice(0, 3).join('\n'), 'user'),
      ],
      lines: [],
      totals: { versions: 2, characters: 180 },
    },
  },
]

const conversation = (
  id: string,
  title: string,
  directory: string | null,
  more: Partial<ConversationRow> = {},
): ConversationRow => ({
  id,
  agentId: 'agent-1',
  agentName: 'Ada',
  title,
  lastMessageAt: NOON,
  directory,
  status: null,
  ...more,
})

const CONVERSATIONS: readonly Fact[] = [
  ...FINISHED,
  { type: 'page.opened', page: 'conversations' },
  {
    type: 'conversations.listed',
    problem: null,
    rows: [
      conversation('conv-1', 'Make the layout pure and add a test', '/home/ada/engine'),
      conversation('conv-2', 'Why does a resize flicker', '/home/ada/engine', {
        status: 'running',
      }),
      conversation('conv-3', 'Set up the checks of the site', '/home/ada/site', {
        agentId: 'agent-2',
        agentName: 'Grace',
      }),
    ],
  },
  { type: 'conversations.selected', key: 'conv-1' },
]

const command = (title: string, detail: string, commandId: string) => ({
  title,
  detail,
  current: false,
  searched: `${title} ${detail} ${commandId}`,
  action: { type: 'command.run', commandId } as const,
})

const PALETTE: Overlay = {
  type: 'picker',
  title: PICKER_TITLES.commands,
  items: [
    command('Choose theme', '/theme', 'theme.choose'),
    command('Choose the model', 'alt+p · /model', 'model.choose'),
    command('Copy the entry', 'y', 'entry.copy'),
    command('Go to the chat', 'alt+1', 'page.chat'),
    command('Show help', 'f1 · ? · /help', 'help.open'),
  ],
  query: createEditor('che'),
  selected: 1,
}

const over = (overlay: Overlay): readonly Fact[] => [
  ...FINISHED,
  { type: 'focus.moved', to: 'conversation' },
  { type: 'overlay.opened', overlay },
]

export const PAGE_SIZES = ['140x45', '100x30', '80x24', '60x15'] as const

export const PAGE_SCENES: readonly { readonly name: string; readonly facts: readonly Fact[] }[] = [
  { name: 'finished', facts: [...FINISHED, { type: 'tick', at: NOON + 75_000 }] },
  { name: 'memory page', facts: MEMORY },
  { name: 'changes', facts: CHANGED },
  { name: 'skills page', facts: [...FINISHED, { type: 'page.opened', page: 'skills' }] },
  { name: 'jobs page', facts: JOBS },
  { name: 'conversations page', facts: CONVERSATIONS },
  { name: 'waiting', facts: WAITING },
  { name: 'help', facts: over({ type: 'help', query: EMPTY_EDITOR, scroll: 0 }) },
  { name: 'palette', facts: over(PALETTE) },
]
