import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { SessionEvent } from '../../../../lib/session/events.ts'
import type { MemoryBlock } from '../../../../lib/session/state/memory.ts'
import { emptySession } from '../../../../lib/session/state/session-state.ts'
import type { Skill } from '../../../../lib/skills/skill.ts'
import type { Preview } from '../../../../lib/tools/tool.ts'
import { diffHunks } from '../../../../lib/util/unified-diff.ts'
import { SLASH_NAMES } from '../../../../ui/commands/slash-names.ts'
import { hintKey, ownKeys } from '../../../../ui/input/key-contexts.ts'
import { parseKeymap } from '../../../../ui/input/keymap.ts'
import { createMessagePresenter } from '../../../../ui/input/workbench-message.ts'
import { COMMAND_TITLES } from '../../../../ui/messages/commands.ts'
import type { WorkbenchEvent } from '../../../../ui/state/events.ts'
import { initialWorkbench } from '../../../../ui/state/reduce/initial-workbench.ts'
import { reduceRoot } from '../../../../ui/state/reduce/root.ts'
import type { RootState } from '../../../../ui/state/state.ts'
import { createScreenTree, type ScreenTree } from '../../../../ui/terminal/screen-tree.ts'
import { loadToolkit } from '../../../../ui/terminal/toolkit.ts'
import { makeStyles, parseTheme } from '../../../../ui/theme/theme.ts'
import { helpPlace, helpRows } from '../../../../ui/view/panes/help.ts'
import type { Pane } from '../../../../ui/view/panes/pane.ts'
import { type Formatter, loadFormatter } from '../../../../ui/view/render/formatter.ts'
import { rowText } from '../../../../ui/view/render/row.ts'
import type { CaretPosition, Frame, Size } from '../../../../ui/view/types.ts'
import { type ViewOptions, view } from '../../../../ui/view/view.ts'

// The times of messages are local.
process.env['TZ'] = 'UTC'

export type Fact = SessionEvent | WorkbenchEvent

export const shipped = (kind: string) => (name: string) =>
  JSON.parse(readFileSync(join(import.meta.dirname, '../../../..', kind, `${name}.json`), 'utf8'))

export const styles = makeStyles(
  parseTheme(shipped('themes')('dark'), 'dark', shipped('themes')),
  'truecolor',
)

const keymapJson = shipped('keymaps')('default')
const bound = Object.values<Record<string, string>>(keymapJson.bindings).flatMap((context) =>
  Object.values(context),
)
const { keymap } = parseKeymap(keymapJson, 'default', shipped('keymaps'), bound)
const message = createMessagePresenter(
  keymap,
  Object.entries(SLASH_NAMES).map(([id, slash]) => ({ id, title: id, slash })),
)

/** A few of the keys and commands, so that the snapshots of the help stay as they are when others are added. */
const FEW = {
  global: { escape: 'app.back', 'ctrl+p': 'palette.open', f1: 'help.open', tab: 'focus.next' },
  text: { 'ctrl+a': 'text.lineStart', home: 'text.lineStart', 'ctrl+e': 'text.lineEnd' },
  conversation: {
    j: 'entry.next',
    k: 'entry.previous',
    enter: 'entry.toggle',
    space: 'entry.toggle',
    y: 'entry.copy',
    Y: 'entry.copyMarkdown',
  },
  approval: { y: 'approval.allow', n: 'approval.deny', a: 'approval.always' },
}
const FEW_COMMANDS = [
  ...new Set([
    ...Object.values(FEW).flatMap((keys) => Object.values(keys)),
    'theme.choose',
    'app.interrupt',
    'app.quitWhenEmpty',
  ]),
]
const help = {
  keymap: parseKeymap({ name: 'few', bindings: FEW }, 'few', () => null, FEW_COMMANDS).keymap,
  commands: Object.entries<string>(COMMAND_TITLES).flatMap(([id, title]) =>
    FEW_COMMANDS.includes(id)
      ? [{ id, title, slash: SLASH_NAMES[id] ?? null, argument: null, source: null }]
      : [],
  ),
}

/** How often markdown was laid out. */
export const formatted = { times: 0 }
let formatter: Formatter | null = null

/** From now on scenes are formatted, as they are in the workbench soon after its start. */
export async function formatScenes(): Promise<void> {
  const { markdown, code } = await loadFormatter()
  formatter ??= {
    code,
    markdown(text, columns, styles) {
      formatted.times++
      return markdown(text, columns, styles)
    },
  }
}

/** What the workbench draws a state with: the theme and the keys that come with it. */
export function optionsFor(state: RootState): ViewOptions {
  return {
    styles,
    formatter,
    key: (command) => hintKey(keymap, state, command),
    ownKeys: () => ownKeys(keymap, state),
    message,
    helpRows: (columns) => helpRows(help, helpPlace(state), columns, styles),
  }
}

/** 1 January 2026, noon. */
export const NOON = Date.UTC(2026, 0, 1, 12)

export function given(size: Size, ...facts: readonly Fact[]): RootState {
  const empty: RootState = {
    session: emptySession('/home/ada/engine', NOON),
    workbench: initialWorkbench(size, NOON, 'dark'),
  }
  return facts.reduce(reduceRoot, empty)
}

const toolkit = await loadToolkit('blessed')

/** The frame as the toolkit's tree composes it, without styles; `▮` marks the caret. */
export function screen(frame: Frame): string {
  return composed(frame, ({ text, caret }) => {
    const lines = [...text()]
    const line = caret === null ? undefined : lines[caret.y]
    if (caret !== null && line !== undefined)
      lines[caret.y] = [...line.padEnd(caret.x + 1)].with(caret.x, '▮').join('')
    return lines.join('\n')
  })
}

/** Where the frame has the terminal's cursor. */
export function caretOf(frame: Frame): CaretPosition | null {
  return composed(frame, ({ caret }) => caret)
}

function composed<T>(frame: Frame, read: (tree: ScreenTree) => T): T {
  const tree = createScreenTree({ toolkit, size: frame.size, colors: 'none', onInput: () => {} })
  tree.render(frame)
  const result = read(tree)
  tree.close()
  return result
}

/** What each element of the frame shows. */
export function partsOf(frame: Frame) {
  return frame.elements.map(({ id, rect, render }) => ({ id, rect, ...render(rect) }))
}

export function screenOf(state: RootState): string {
  return screen(view(state, optionsFor(state)))
}

/** A pane's rows as text. */
export function rowsOf(
  pane: Pane,
  state: RootState,
  columns: number,
  rows = 40,
): readonly string[] {
  return pane
    .render(state, { columns, rows }, optionsFor(state))
    .rows.map((one) => rowText(one).trimEnd())
}

export const OPENED: readonly Fact[] = [
  { type: 'server.reached', server: { type: 'embedded', url: null } },
  {
    type: 'agent.opened',
    agent: {
      id: 'agent-1',
      name: 'Ada',
      model: 'anthropic/claude-sonnet-4-5',
      contextWindow: 200_000,
      effort: null,
      tools: [],
    },
  },
  {
    type: 'memory.loaded',
    blocks: [
      block('persona', 'I am Ada. I write small functions and say what I changed.', 20_000),
      block('human', 'Prefers tabs? No: two spaces. Lives in Lisbon.', 20_000),
      block(
        'project',
        'engine: an analytical engine in TypeScript.\nTests: npm test\nNever touch vendor/.',
        2_000,
      ),
      block('skills', 'Skills directory: .skills', 20_000),
    ],
  },
  {
    type: 'skills.found',
    directory: '/home/ada/engine/.skills',
    found: [
      skill('release', 'Cut a release and write its notes', 'Project'),
      skill('bisect', 'Find the commit that broke a test', 'Project'),
      skill('letters', 'Write to Mr Babbage', null),
    ],
    problems: [{ path: '/home/ada/engine/.skills/broken/SKILL.MD', message: 'no front matter' }],
  },
]

export const ASKED: readonly Fact[] = [
  ...OPENED,
  { type: 'turn.started', turnId: 't1', at: NOON },
  {
    type: 'message.sent',
    id: 'm1',
    text: 'Make `add` take any number of numbers, please.',
    at: NOON,
  },
  {
    type: 'message.delta',
    role: 'reasoning',
    id: 'r1',
    text: 'The user wants a variadic add. I should look at the file first, then change it, then run the tests to see that nothing broke.',
    at: NOON + 900,
  },
  {
    type: 'message.delta',
    role: 'assistant',
    id: 'a1',
    text: 'I look at the file first.',
    at: NOON + 1000,
  },
  call('c1', 'Read', '{"file_path":"src/add.ts"}'),
  requested('c1', 'src/add.ts', { type: 'arguments', text: '' }, 'allow'),
  { type: 'tool.started', callId: 'c1', at: NOON + 1200 },
  {
    type: 'tool.finished',
    callId: 'c1',
    status: 'success',
    text: '1→export function add(a: number, b: number): number {\n2→  return a + b\n3→}',
    at: NOON + 1210,
  },
  {
    type: 'message.delta',
    role: 'assistant',
    id: 'a2',
    text: '`add` is small, so I **rewrite** it:\n\n```ts\nexport const add = (...all: number[]) => all.reduce((sum, n) => sum + n, 0)\n```\n\n- callers stay as they are\n- the empty sum is `0`',
    at: NOON + 2000,
  },
]

const BEFORE = 'export function add(a: number, b: number): number {\n  return a + b\n}\n'
const AFTER =
  'export function add(...all: readonly number[]): number {\n  return all.reduce((sum, one) => sum + one, 0)\n}\n'

export const EDIT: Preview = {
  type: 'diff',
  path: 'src/add.ts',
  created: false,
  remark: null,
  ...diffHunks(BEFORE, AFTER),
}

export const WAITING: readonly Fact[] = [
  ...ASKED,
  call('c2', 'Edit', '{"file_path":"src/add.ts"}'),
  requested('c2', 'src/add.ts', EDIT, 'ask'),
  // Long enough after it for the call to count as seen.
  { type: 'tick', at: NOON + 3000 },
]

export const FINISHED: readonly Fact[] = [
  ...WAITING,
  { type: 'approval.decided', callId: 'c2', allow: true, by: 'person', reason: '' },
  { type: 'tool.started', callId: 'c2', at: NOON + 9000 },
  {
    type: 'tool.finished',
    callId: 'c2',
    status: 'success',
    text: 'Edited src/add.ts',
    at: NOON + 9010,
  },
  call('c3', 'Bash', '{"command":"npm test"}'),
  requested(
    'c3',
    'npm test',
    {
      type: 'command',
      command: 'npm test',
      description: null,
      background: false,
      timeoutMs: 120_000,
    },
    'allow',
  ),
  { type: 'tool.started', callId: 'c3', at: NOON + 9500 },
  {
    type: 'tool.finished',
    callId: 'c3',
    status: 'success',
    text: ['> engine@1.0.0 test', '> mocha', '', '', '  12 passing (40ms)', ''].join('\n'),
    at: NOON + 12_500,
  },
  {
    type: 'memory.changed',
    block: block(
      'project',
      'engine: an analytical engine in TypeScript.\nTests: npm test\nNever touch vendor/.\nadd() takes any number of numbers.',
      2_000,
    ),
    by: 'agent',
    at: NOON + 13_000,
  },
  {
    type: 'message.delta',
    role: 'assistant',
    id: 'a3',
    text: 'Done: `add(1, 2, 3)` gives 6, and all 12 tests pass.',
    at: NOON + 14_000,
  },
  {
    type: 'usage.reported',
    usage: {
      promptTokens: 12_000,
      completionTokens: 300,
      totalTokens: 12_300,
      cachedTokens: 0,
      reasoningTokens: 0,
      steps: 4,
      contextTokens: 12_300,
    },
  },
  { type: 'turn.finished', outcome: { type: 'done' }, apiMs: 9000, at: NOON + 15_000, id: 'end' },
]

export function block(label: string, value: string, limit: number): MemoryBlock {
  return { id: `block-${label}`, label, value, limit, description: null, readOnly: false }
}

export function skill(id: string, description: string, category: string | null): Skill {
  return {
    id,
    name: id,
    description,
    category,
    tags: [],
    path: `/home/ada/engine/.skills/${id}/SKILL.MD`,
    body: `# ${id}\n\nHow to.`,
  }
}

export function call(callId: string, tool: string, args: string): SessionEvent {
  return { type: 'tool.delta', callId, host: 'local', tool, args, at: NOON + 1100 }
}

export function requested(
  callId: string,
  label: string,
  preview: Preview,
  decision: 'allow' | 'ask',
): SessionEvent {
  const because =
    decision === 'allow' ? 'Reading in the project is allowed.' : 'Writing files asks in this mode.'
  return {
    type: 'approval.requested',
    at: NOON + 2500,
    requests: [
      {
        callId,
        label,
        preview,
        verdict: { decision, rule: null, source: null, because, part: null },
        suggestion: decision === 'ask' ? { rule: 'Edit(src/**)', scope: 'project' } : null,
      },
    ],
  }
}
