/** Costs of rendering: `npx tsx test/bench/render.ts`. Compare the ratios of two runs on one machine. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { diffHunks } from '../../lib/util/unified-diff.ts'
import { makeStyles, parseTheme } from '../../ui/theme/theme.ts'
import { renderDiff } from '../../ui/view/render/diff.ts'
import type { DiffPreview } from '../../ui/view/render/diff-page.ts'
import { type Formatter, loadFormatter, renderMarkdown } from '../../ui/view/render/formatter.ts'
import { clean } from '../../ui/view/render/sanitize.ts'
import { wrap } from '../../ui/view/render/wrap.ts'

const SECTION = `## Findings

The **store** keeps facts; \`reduce\` makes state. See [the page](https://example.org/a?b=c) for why.

- one point with *emphasis* and a longer text that has to be wrapped over two rows of the pane
- another: \`const x = 1\`
  1. nested
  2. more

\`\`\`ts
export function add(one: number, other: number): number {
  // A comment about the sum.
  return one + other
}
\`\`\`

| name | use |
|------|----:|
| read | 12 |
| write | 7 |

`
const CHARACTERS_PER_TOKEN = 4
const TOKENS_PER_FRAME = 8
const COLUMNS = 78

const theme = (name: string): unknown =>
  JSON.parse(readFileSync(join(import.meta.dirname, `../../themes/${name}.json`), 'utf8'))
const styles = makeStyles(parseTheme(theme('dark'), 'dark', theme), 'truecolor')

let formatter: Formatter | null = null
const markdown = (text: string): unknown => renderMarkdown(text, COLUMNS, { styles, formatter })

report('load the markdown stack', [
  await timedAsync(async () => {
    formatter = await loadFormatter()
  }),
])
const answer = SECTION.repeat(Math.ceil(4096 / SECTION.length)).slice(0, 4096)
report('4 kB answer at once, cold', [timed(() => markdown(answer))])
for (let turn = 0; turn < 3; turn++) stream(true, `warm ${turn}`)
report('4 kB answer, one 16-ms frame of its stream', stream(true, 'stream'))
report('the same without cached rows', stream(false, 'again'))
report('400-line open fence, one frame of its stream', [
  ...openBlocks('```ts\n', 'const a = 1 + 2', 400),
])
report('200-item open list, one frame of its stream', [
  ...openBlocks('', '- an **item** of `code`', 200),
])
report(
  'clean 4 kB',
  repeat(() => clean(answer)),
)
report(
  'clean 4 kB of Chinese',
  repeat(() => clean('漢字，仮名。'.repeat(680))),
)
report(
  'wrap 4 kB of prose',
  repeat(() => wrap(answer, COLUMNS)),
)
report(
  'wrap 100 kB in one line',
  repeat(() => wrap('x'.repeat(100_000), COLUMNS), 20),
)

const source = SECTION.replace(/`{3}\w*/g, '')
  .split('\n')
  .slice(12, 17)
  .join('\n')
const file = Array.from({ length: 340 }, (_, index) =>
  `${source}\n`.replaceAll('add', `add${index}`),
).join('')
const diff = diffHunks('', file)
report(
  '2,000-line diff: layout and first 40 rows',
  repeat(() => layout(preview(), 40), 20),
)
report(
  '2,000-line diff: all rows',
  repeat(() => layout(preview(), Number.POSITIVE_INFINITY), 5),
)
const shown = preview()
layout(shown, 40)
report(
  '2,000-line diff: scrolled by 40 rows',
  repeat(() => layout(shown, 40)),
)

/** Times of the frames of an answer that is streamed. When it does not grow, no frame can reuse rows of the one before. */
function stream(grows: boolean, name: string): number[] {
  const times: number[] = []
  for (
    let end = CHARACTERS_PER_TOKEN * TOKENS_PER_FRAME;
    end <= answer.length;
    end += CHARACTERS_PER_TOKEN * TOKENS_PER_FRAME
  )
    times.push(
      timed(() => markdown(`${grows ? name : `${name} ${end}`}\n\n${answer.slice(0, end)}`)),
    )
  return times
}

/** Times of the frames in which one block grows by a line each: those of its last tenth. */
function* openBlocks(start: string, line: string, lines: number): Generator<number> {
  let text = start
  for (let index = 0; index < lines; index++) {
    text += `${line} ${index}\n`
    const time = timed(() => markdown(text))
    if (index > lines * 0.9) yield time
  }
}

/** A new object each time, since rows are cached per preview. */
function preview(): DiffPreview {
  return { type: 'diff', path: 'a.ts', created: true, remark: null, ...diff }
}

function layout(preview: DiffPreview, rows: number): void {
  renderDiff(preview, COLUMNS, { styles, formatter }).slice(0, rows)
}

function repeat(run: () => unknown, times = 100): number[] {
  return Array.from({ length: times }, () => timed(run))
}

function timed(run: () => unknown): number {
  const start = performance.now()
  run()
  return performance.now() - start
}

async function timedAsync(run: () => Promise<unknown>): Promise<number> {
  const start = performance.now()
  await run()
  return performance.now() - start
}

function report(name: string, times: readonly number[]): void {
  const sorted = [...times].sort((one, other) => one - other)
  const at = (share: number): string =>
    (sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0).toFixed(3)
  console.log(`${name.padEnd(48)} p50 ${at(0.5)}  p99 ${at(0.99)} ms  (${times.length})`)
}
