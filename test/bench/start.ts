// Start and response times, as ratios to `node -e 0`: npm run build && npx tsx test/bench/start.ts
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setUpProgram, type WorkbenchDriver } from '../support/program.ts'

const ROUNDS = 7
const KEYS = 40
const ROWS = 10_000
const SIZE = { columns: 120, rows: 40, built: true }
/** An address without a listener: the time without the embedded server. */
const UNREACHABLE_SERVER = { LETTA_BASE_URL: 'http://127.0.0.1:9' }

const median = (values: readonly number[]): number => at(values, 0.5)
const at = (values: readonly number[], share: number): number =>
  values.toSorted((a, b) => a - b)[Math.floor((values.length - 1) * share)] ?? Number.NaN

function bareNode(): number {
  const begun = performance.now()
  spawnSync(process.execPath, ['-e', '0'])
  return performance.now() - begun
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const begun = performance.now()
  await work()
  return performance.now() - begun
}

/** Time from a key to the screen that shows it. */
async function keyTimes(workbench: WorkbenchDriver): Promise<readonly number[]> {
  const times: number[] = []
  let typed = ''
  for (let key = 0; key < KEYS; key++) {
    typed += 'qzxj'[key % 4]
    await workbench.pty.settle(40)
    times.push(await timed(() => workbench.types(typed.at(-1) ?? '').sees(typed)))
  }
  return times
}

const line = (index: number): string =>
  `Row ${index} of a long answer that was given a while ago.\n`
const longAnswer = Array.from({ length: ROWS / 2 }, (_, index) => `${line(index)}\n`).join('')

/** The first start fills the cache of compiled code. */
async function warmUp(): Promise<void> {
  const desk = await setUpProgram([{ text: 'Hello.' }])
  await desk.runs(['-p', 'hi'], { built: true })
  const workbench = desk.opens({ built: true })
  await workbench.sees('ready')
  await workbench.quits()
  await desk.clear()
}

await warmUp()
const bare: number[] = []
const paint: number[] = []
const firstPaint: number[] = []
const ready: number[] = []
const withoutServer: number[] = []
const headless: number[] = []
const again: number[] = []
for (let round = 0; round < ROUNDS; round++) {
  const desk = await setUpProgram([{ text: 'Hello.' }, { text: 'Hello.' }])
  bare.push(bareNode())
  headless.push(await timed(() => desk.runs(['-p', 'hi'], { built: true })))
  again.push(await timed(() => desk.runs(['-p', 'hi'], { built: true })))
  bare.push(bareNode())
  const begun = performance.now()
  const workbench = desk.opens(SIZE)
  workbench.types('q')
  await workbench.sees('Message')
  paint.push(performance.now() - begun)
  await workbench.sees('› q')
  ready.push(performance.now() - begun)
  await workbench.pty.close()
  const cache = mkdtempSync(join(tmpdir(), 'letta-bench-'))
  const first = performance.now()
  const fresh = desk.opens({ ...SIZE, environment: { XDG_CACHE_HOME: cache } })
  await fresh.sees('Message')
  firstPaint.push(performance.now() - first)
  await fresh.pty.close()
  rmSync(cache, { recursive: true })
  withoutServer.push(
    await timed(() =>
      desk
        .opens({ ...SIZE, environment: UNREACHABLE_SERVER })
        .types('q')
        .sees('› q'),
    ),
  )
  await desk.clear()
}

const desk = await setUpProgram([{ text: [longAnswer] }])
const workbench = desk.opens(SIZE)
await workbench.sees('ready')
const short = await keyTimes(workbench)
await workbench
  .presses('ctrl+u')
  .types('Go')
  .presses('enter')
  .sees(`Row ${ROWS / 2 - 1}`)
await workbench.sees('ready')
const long = await keyTimes(workbench)
await desk.clear()

const baseline = median(bare)
const row = (name: string, value: number): string =>
  `${name.padEnd(44)} ${value.toFixed(1).padStart(7)} ms ${(value / baseline).toFixed(2).padStart(6)}×`
const report = [
  row('node -e 0', baseline),
  row('first paint', median(paint)),
  row('the same without compiled code', median(firstPaint)),
  row('a key typed during the start is on the screen', median(ready)),
  row('the same without the embedded server', median(withoutServer)),
  row('letta -p hi, instant model, first run', median(headless)),
  row('letta -p hi, instant model, later run', median(again)),
  row('key to screen, empty conversation, p50', median(short)),
  row('key to screen, empty conversation, p95', at(short, 0.95)),
  row(`key to screen, ${ROWS} rows, p50`, median(long)),
  row(`key to screen, ${ROWS} rows, p95`, at(long, 0.95)),
]
process.stdout.write(`${report.join('\n')}\n`)
