/**
 * Costs of reviewing a change: `npx tsx test/bench/review.ts`. Milliseconds of CPU time from the key to what is written to the
 * terminal: elapsed time depends on what else runs. It includes that of the threads of the collector and the optimizer, which is
 * most of the slowest: `node --no-opt --single-threaded-gc --import tsx test/bench/review.ts` leaves the optimizer out.
 */
import { ask } from '../../lib/permissions/verdicts.ts'
import { diffHunks } from '../../lib/util/unified-diff.ts'
import { createScreenTree } from '../../ui/terminal/screen-tree.ts'
import { loadToolkit } from '../../ui/terminal/toolkit.ts'
import { type ViewOptions, view } from '../../ui/view/view.ts'
import { openDesktop } from '../support/desktop.ts'
import { optionsFor, styles } from '../ui/view/panes/scene.ts'

const LINES = 100_000
const HUNKS = 2_000
const OPENINGS = 8
/** With these, 100,000 lines have 5 MB. */
const LINE = 'the quick brown fox jumps over the lazy dog'

const text = (isChanged: (at: number) => boolean): string =>
  Array.from({ length: LINES }, (_, at) => `${at} ${isChanged(at) ? 'CHANGED' : LINE}\n`).join('')
const before = text(() => false)
const hunks = text((at) => at % (LINES / HUNKS) === 0)
const all = text(() => true)

const toolkit = await loadToolkit('blessed')
const size = { columns: 120, rows: 36 }
const tree = createScreenTree({ toolkit, size, colors: 'truecolor', onInput: () => {} })

await review(`${HUNKS.toLocaleString('en')} hunks in ${megabytes(before)} MB`, hunks, (bench) => {
  bench.keys('next hunk', ']', 200)
  bench.keys('decide a hunk', 'space', 200)
  bench.keys('divide a hunk', 's', 30)
  bench.keys('page down', 'pagedown', 200)
  bench.keys('reject the rest, and back', 'N', 30)
  bench.keys('side by side, and back', 'v', 10)
})
await review(`${(2 * LINES).toLocaleString('en')} changed lines`, all, (bench) => {
  bench.keys('page down', 'pagedown', 200)
  bench.keys('the end', 'end', 1)
  bench.keys('page up', 'pageup', 200)
})

interface Bench {
  keys(name: string, key: string, count: number): void
}

async function review(title: string, content: string, run: (bench: Bench) => void): Promise<void> {
  const desk = await openDesktop()
  const { root } = desk
  // The same functions for each frame, as in the program.
  const options: ViewOptions = {
    ...optionsFor(root.state),
    key: (command) => optionsFor(root.state).key(command),
    ownKeys: () => optionsFor(root.state).ownKeys(),
    styles,
    formatter: null,
  }
  const draw = (): void => void tree.render(view(root.state, options))
  // Characters come without a tick, whose frame is drawn later.
  const press = (key: string): void => {
    const typed = key === 'space' ? ' ' : key
    if (typed.length === 1) desk.types(typed)
    else desk.presses(key)
  }
  const at = root.state.workbench.now
  const preview = { type: 'diff', path: 'large.txt', created: false, remark: null } as const
  const requestOf = (callId: string) => ({
    callId,
    label: 'large.txt',
    preview: { ...preview, ...diffHunks(before, content) },
    verdict: ask('No rule allows it.'),
    suggestion: null,
  })
  try {
    root.dispatch({ type: 'turn.started', turnId: 't1', at })
    console.log(`\n${title}`)
    const opened = Array.from({ length: OPENINGS }, (_, number) => {
      const callId = `c${number}`
      root.dispatch({ type: 'tool.delta', callId, host: 'local', tool: 'Write', args: '{}', at })
      // The screen has been drawn when a call asks.
      draw()
      const request = requestOf(callId)
      const time = timed(() => {
        root.dispatch({ type: 'approval.requested', requests: [request], at })
        draw()
      })
      const denied = { allow: false, by: 'person', reason: '' } as const
      if (number < OPENINGS - 1) root.dispatch({ type: 'approval.decided', callId, ...denied })
      return time
    })
    report('opens the first time', opened.slice(0, 1))
    report('opens: state and first frame', opened.slice(1))
    report(
      'frame',
      repeated(20, () => draw()),
    )
    desk.presses('f4')
    run({
      keys(name, key, count) {
        report(
          name,
          repeated(count, () => {
            press(key)
            draw()
          }),
        )
      },
    })
  } finally {
    root.dispatch({
      type: 'turn.finished',
      outcome: { type: 'done' },
      apiMs: 0,
      at,
      id: 'end',
    })
    await desk.close()
  }
}

function repeated(count: number, run: () => unknown): readonly number[] {
  return Array.from({ length: count }, () => timed(run))
}

function timed(run: () => unknown): number {
  const start = process.cpuUsage()
  run()
  const { user, system } = process.cpuUsage(start)
  return (user + system) / 1000
}

function report(name: string, times: readonly number[]): void {
  const sorted = times.toSorted((one, other) => one - other)
  const at = (share: number): string =>
    (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0).toFixed(2)
  console.log(`  ${name.padEnd(28)} median ${at(0.5)} ms, 95 % ${at(0.95)} ms, longest ${at(1)} ms`)
}

function megabytes(content: string): string {
  return (content.length / 1e6).toFixed(1)
}
