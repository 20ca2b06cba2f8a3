import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { ALWAYS_ALLOW, TRUST_TITLE } from '../../../../ui/messages/permissions.ts'
import { createEditor } from '../../../../ui/state/editor.ts'
import { PAGES } from '../../../../ui/state/pages.ts'
import type { Overlay } from '../../../../ui/state/state.ts'
import { PAGE_SCENES, PAGE_SIZES } from './page-scenes.ts'
import {
  ASKED,
  call,
  type Fact,
  FINISHED,
  formatScenes,
  given,
  NOON,
  OPENED,
  screenOf,
  WAITING,
} from './scene.ts'

/** Complete screens as text. `npm run frames` rewrites them: review the changes. */
const directory = join(import.meta.dirname, 'frames')
const writes = process.env['FRAMES'] === 'write'

const at = (milliseconds: number): Fact => ({ type: 'tick', at: NOON + milliseconds })
const focused = (pane: 'composer' | 'conversation' | 'memory' | 'skills' | 'approval'): Fact => ({
  type: 'focus.moved',
  to: pane,
})

const over = (overlay: Overlay): Fact => ({ type: 'overlay.opened', overlay })

function models(): Overlay {
  const items = Array.from({ length: 30 }, (_, index) => ({
    title: `anthropic/claude-${index}`,
    detail: '200k tokens',
    current: index === 13,
    action: { type: 'model.set', handle: `m${index}` } as const,
  }))
  const query = createEditor('claude')
  return { type: 'picker', title: 'Model', items, query, selected: 20 }
}

const COMMANDS = ['model', 'memory', 'mode', 'rename'].map((name) => ({
  insert: name,
  title: `/${name}`,
  detail: `What /${name} does`,
}))

const RM = {
  type: 'command',
  command: 'rm -rf build',
  description: null,
  background: false,
  timeoutMs: 120_000,
} as const
const ASKS = 'No rule allows it, and it may do more than read.'

const SCENES: readonly (readonly [
  name: string,
  sizes: readonly string[],
  facts: readonly Fact[],
])[] = [
  ['opening', ['80x24'], []],
  ['opened', PAGE_SIZES, OPENED],
  ['streaming', ['80x24'], [...ASKED, at(3400)]],
  ...PAGE_SCENES.map(({ name, facts }) => [name, PAGE_SIZES, facts] as const),
  ['waiting', ['40x8', '20x4', '5x2', '1x1'], WAITING],
  ['finished', ['250x80', '50x12'], [...FINISHED, at(75_000)]],
  [
    'deciding later',
    ['80x24'],
    [
      ...WAITING,
      focused('composer'),
      { type: 'message.queued', id: 'q1', text: 'then commit it' },
      { type: 'message.queued', id: 'q2', text: 'and\npush it' },
    ],
  ],
  [
    'dangerous',
    ['80x24', '60x15'],
    [
      ...ASKED,
      call('c2', 'Bash', '{"command":"rm -rf build"}'),
      {
        type: 'approval.requested',
        at: NOON + 2500,
        requests: [
          {
            callId: 'c2',
            label: 'rm -rf build',
            preview: RM,
            verdict: { decision: 'ask', rule: null, source: null, because: ASKS, part: null },
            suggestion: null,
            dangers: [{ because: 'Permanently deletes files.', parts: ['rm -rf build'] }],
          },
        ],
      },
      focused('approval'),
      { type: 'approval.confirming', callId: 'c2', at: NOON + 4000 },
      at(5000),
    ],
  ],
  [
    'memory',
    ['120x30', '60x15'],
    [
      ...FINISHED,
      focused('memory'),
      { type: 'memory.selected', label: 'project' },
      { type: 'memory.toggled', label: 'project' },
    ],
  ],
  [
    'editing memory',
    ['80x24'],
    [...FINISHED, { type: 'memory.editStarted', label: 'human', value: 'Lives in Porto.\n' }],
  ],
  [
    'skills',
    ['120x30'],
    [...FINISHED, focused('skills'), { type: 'skill.selected', id: 'bisect' }],
  ],
  ['choosing', ['140x45', '60x15'], [...FINISHED, over(models())]],
  [
    'asking for a rule',
    ['80x24', '60x15'],
    [
      ...WAITING,
      over({
        type: 'rule',
        title: ALWAYS_ALLOW,
        callId: 'c1',
        rules: ['Edit(src/**)', 'Edit(src/add.ts)'],
        selected: 0,
        scope: 'project',
        effect: { calls: 412, allowed: 37, dangerous: ['/etc/motd'] },
      }),
    ],
  ],
  [
    'asking for trust',
    ['80x24'],
    [
      ...OPENED,
      over({
        type: 'question',
        action: { type: 'directory.trust', grants: [] },
        title: TRUST_TITLE,
        text: '/home/ada/engine\n\nIf you do, its settings count.',
      }),
    ],
  ],
  [
    'completing',
    ['80x24', '60x15'],
    [
      ...FINISHED,
      { type: 'text.edited', editor: createEditor('/m'), at: NOON },
      {
        type: 'completion.found',
        completion: {
          trigger: { type: 'command', from: 0, query: 'm' },
          items: COMMANDS,
          selected: 0,
        },
      },
      { type: 'completion.moved', by: 1 },
    ],
  ],
  [
    'a page of facts',
    ['80x24'],
    [
      ...FINISHED,
      over({
        type: 'page',
        title: 'Context window',
        scroll: 0,
        lines: [
          { type: 'heading', text: '12k of 200k tokens' },
          { type: 'text', text: '' },
          { type: 'gauge', name: 'system prompt', used: 4000, limit: 200_000, value: '4k, 2 %' },
          { type: 'gauge', name: 'messages', used: 190_000, limit: 200_000, value: '190k, 95 %' },
          { type: 'fact', name: 'model', value: 'anthropic/claude' },
        ],
      }),
    ],
  ],
  [
    'scrolled up',
    ['80x24'],
    [
      ...ASKED,
      focused('conversation'),
      { type: 'scroll.moved', pane: 'conversation', scroll: { type: 'item', item: 'm1', row: 0 } },
      ...FINISHED.slice(ASKED.length),
    ],
  ],
]

const fileOf = (name: string, size: string): string => `${name.replaceAll(' ', '-')}-${size}.txt`

describe('The screen', () => {
  before(formatScenes)
  if (writes) mkdirSync(directory, { recursive: true })

  for (const [name, sizes, facts] of SCENES) {
    for (const size of sizes) {
      it(`is drawn as in the snapshot ${name}, ${size}`, () => {
        const [columns = 0, rows = 0] = size.split('x').map(Number)
        const shown = `${screenOf(given({ columns, rows }, ...facts))}\n`
        const file = join(directory, fileOf(name, size))
        if (writes) writeFileSync(file, shown)
        expect(shown).to.equal(readFileSync(file, 'utf8'))
      })
    }
  }

  it('has a snapshot of each page that can be opened, and none of what is no longer drawn', () => {
    const drawn = PAGE_SCENES.map(
      ({ facts }) => given({ columns: 140, rows: 45 }, ...facts).workbench.page,
    )
    expect(drawn).to.include.members(PAGES.map(({ id }) => id))
    const files = SCENES.flatMap(([name, sizes]) => sizes.map((size) => fileOf(name, size)))
    const stored = readdirSync(directory).filter((file) => file.endsWith('.txt'))
    expect(stored).to.have.members(files)
  })
})
