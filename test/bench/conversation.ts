/**
 * The cost of one token, one key and one resize for a short and a long conversation: `npx tsx test/bench/conversation.ts`.
 * The ratios should stay near 1, since only visible rows are laid out.
 */
import { performance } from 'node:perf_hooks'
import type { Entry } from '../../lib/session/state/entry.ts'
import { insert } from '../../ui/state/editor.ts'
import { reduceRoot } from '../../ui/state/reduce/root.ts'
import type { RootState } from '../../ui/state/state.ts'
import { createScreenTree } from '../../ui/terminal/screen-tree.ts'
import { loadToolkit } from '../../ui/terminal/toolkit.ts'
import { view } from '../../ui/view/view.ts'
import { type Fact, formatScenes, given, NOON, OPENED, optionsFor } from '../ui/view/panes/scene.ts'

const FEW_ENTRIES = 100
const MANY_ENTRIES = 10_000
const ROUNDS = 400

function conversation(count: number): RootState {
  const entries = Array.from({ length: count }, (_, index): Entry => {
    const id = `${count}-${index}`
    return index % 2 === 0
      ? { type: 'user', id, text: `question ${index}`, at: NOON, outcome: 'kept' }
      : {
          type: 'assistant',
          id,
          text: `answer **${index}**\n\n- one\n- two\n\n\`\`\`ts\nf()\n\`\`\``,
        }
  })
  const facts: readonly Fact[] = [
    ...OPENED,
    { type: 'history.loaded', entries, earlier: false },
    { type: 'turn.started', turnId: 't', at: NOON },
  ]
  return given({ columns: 140, rows: 45 }, ...facts)
}

const toolkit = await loadToolkit('blessed')
const size = { columns: 140, rows: 45 }
const tree = createScreenTree({ toolkit, size, colors: 'truecolor', onInput: () => {} })

/** A complete frame: elements, lines, and what is written to the terminal. */
function draw(state: RootState): void {
  tree.resize(state.workbench.viewport)
  tree.render(view(state, optionsFor(state)))
}

/** Median milliseconds that an event and the frame after it take. */
function measure(start: RootState, factAt: (state: RootState, index: number) => Fact): number {
  let state = start
  draw(state)
  const times: number[] = []
  for (let index = 0; index < ROUNDS; index++) {
    const fact = factAt(state, index)
    const from = performance.now()
    state = reduceRoot(state, fact)
    draw(state)
    times.push(performance.now() - from)
  }
  return times.toSorted((one, other) => one - other)[ROUNDS / 2] ?? 0
}

const token = (count: number) => (_: RootState, index: number) =>
  ({
    type: 'message.delta',
    role: 'assistant',
    id: `answer to ${count}`,
    text: index % 12 === 11 ? '.\n\n' : ' word',
    at: NOON,
  }) as const
const key = ({ workbench }: RootState): Fact => ({
  type: 'text.edited',
  editor: insert(workbench.composer, 'x'),
  at: NOON,
})
const resize = (_: RootState, index: number): Fact => ({
  type: 'viewport.changed',
  size: { columns: 110 + (index % 30), rows: 45 },
})

await formatScenes()
const few = conversation(FEW_ENTRIES)
const many = conversation(MANY_ENTRIES)
measure(few, token(0))
report('token', measure(few, token(FEW_ENTRIES)), measure(many, token(MANY_ENTRIES)))
report('key', measure(few, key), measure(many, key))
report('resize', measure(few, resize), measure(many, resize))

function report(name: string, short: number, long: number): void {
  const figures = [short, long].map((time) => `${time.toFixed(3)} ms`)
  const [atFew, atMany] = figures
  console.log(
    `${name.padEnd(8)} ${FEW_ENTRIES} entries ${atFew}   ${MANY_ENTRIES} entries ${atMany}   ratio ${(long / short).toFixed(2)}`,
  )
}
