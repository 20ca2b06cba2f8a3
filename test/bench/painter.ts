/** Costs of painting and decoding: `npx tsx test/bench/painter.ts`. Compare the ratios of two runs on one machine. */
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { createInputDecoder } from '../../ui/terminal/input.ts'
import { type Row, row, styled } from '../../ui/view/render/row.ts'
import { rgb, styleOf } from '../../ui/view/render/style.ts'
import { createPartsPainter, type PartsFrame } from '../ui/terminal/parts-painter.ts'

const COLUMNS = 140
const ROWS = 45
const SIDE = 50

const prose = (seed: number, columns: number): string =>
  Array.from({ length: 40 }, (_, at) => WORDS[(seed * 7 + at * 3) % WORDS.length])
    .join(' ')
    .slice(0, columns - 2)
const WORDS = 'lorem ipsum dolor sit amet consectetur adipiscing elit sed do eiusmod'.split(' ')
const strong = styleOf({ bold: true, fg: rgb(120, 200, 90) })
const dressed = (text: string): Row =>
  row(...text.split(/(dolor|elit)/).map((part, at) => (at % 2 === 1 ? styled(strong, part) : part)))
const wide = (text: string): Row => row(text.replace(/sit|amet/g, '漢字').replace(/sed/g, '😀'))

function frameOf(rowAt: (y: number, columns: number) => Row): PartsFrame {
  const main = COLUMNS - SIDE
  return {
    size: { columns: COLUMNS, rows: ROWS },
    parts: [
      {
        id: 'conversation',
        rect: { x: 0, y: 0, columns: main, rows: ROWS },
        rows: Array.from({ length: ROWS }, (_, y) => rowAt(y, main)),
      },
      {
        id: 'side',
        rect: { x: main, y: 0, columns: SIDE, rows: ROWS },
        rows: Array.from({ length: ROWS }, (_, y) => row('│ ', dressed(prose(y + 99, SIDE - 4)))),
      },
    ],
    caret: { x: 3, y: ROWS - 2 },
    title: 'letta',
  }
}

interface Measured {
  readonly mean: number
  readonly p99: number
  readonly bytes: number
}

function measure(rounds: number, run: (round: number) => string): Measured {
  const times: number[] = []
  let bytes = 0
  for (let round = 0; round < rounds; round++) {
    const started = performance.now()
    const written = run(round)
    times.push(performance.now() - started)
    bytes += Buffer.byteLength(written)
  }
  times.sort((left, right) => left - right)
  return {
    mean: times.reduce((sum, time) => sum + time, 0) / rounds,
    p99: times[Math.floor(rounds * 0.99)] ?? 0,
    bytes: bytes / rounds,
  }
}

type Painter = ReturnType<typeof createPartsPainter>
const painterOf = (): Painter => createPartsPainter({ colors: 'truecolor' })
const warm = (painter: Painter, frame: PartsFrame): Painter => {
  for (let round = 0; round < 50; round++) {
    painter.forget()
    painter.paint(frame)
  }
  return painter
}

const rows = new Map<string, Measured>()
const plainFrame = frameOf((y, columns) => dressed(prose(y, columns)))
const wideFrame = frameOf((y, columns) => wide(prose(y, columns)))

rows.set(
  'first full paint, cold',
  measure(1, () => painterOf().paint(plainFrame)),
)
rows.set(
  'first with CJK and emoji, cold',
  measure(1, () => painterOf().paint(wideFrame)),
)
{
  const painter = warm(painterOf(), plainFrame)
  rows.set(
    'full paint',
    measure(300, () => {
      painter.forget()
      return painter.paint(plainFrame)
    }),
  )
  warm(painter, wideFrame)
  rows.set(
    'full paint, CJK and emoji',
    measure(300, () => {
      painter.forget()
      return painter.paint(wideFrame)
    }),
  )
}
for (const [name, frame, dress] of [
  ['one row grows by a word', plainFrame, dressed],
  ['the same, CJK and emoji', wideFrame, wide],
] as const) {
  const painter = warm(painterOf(), frame)
  const [main, side] = frame.parts
  if (main === undefined || side === undefined) throw new Error('two parts wanted')
  rows.set(
    name,
    measure(5000, (round) => {
      const changed = dress(prose(7, 20 + (round % 12) * 5))
      const parts = [{ ...main, rows: main.rows.with(20, changed) }, side]
      return painter.paint({ ...frame, parts })
    }),
  )
  rows.set(
    `${name}: scrolls by a row`,
    measure(500, (round) => {
      const scrolled = main.rows.map((_, y) => dress(prose(y + round, main.rect.columns)))
      return painter.paint({ ...frame, parts: [{ ...main, rows: scrolled }, side] })
    }),
  )
}
{
  const painter = warm(painterOf(), plainFrame)
  rows.set(
    'nothing changed',
    measure(5000, () => painter.paint({ ...plainFrame, parts: [...plainFrame.parts] })),
  )
}

console.log(`${COLUMNS}x${ROWS}`.padEnd(46), 'mean ms', ' p99 ms', '  bytes')
for (const [name, { mean, p99, bytes }] of rows) {
  console.log(
    name.padEnd(46),
    mean.toFixed(3).padStart(7),
    p99.toFixed(3).padStart(7),
    bytes.toFixed(0).padStart(7),
  )
}

const keys = ['a', '\x1b[A', '\x1b[1;5D', '\r', '\x1b[97;5u', '\x1b[<64;10;10M', 'é', '\x1b[3~']
const chunks = keys.map((key) => Buffer.from(key))
const decoder = createInputDecoder({ emit: () => {}, delay: () => () => {} })
const decode = (rounds: number): number => {
  const started = performance.now()
  for (let round = 0; round < rounds; round++) for (const chunk of chunks) decoder.write(chunk)
  return ((performance.now() - started) * 1000) / (rounds * chunks.length)
}
decode(2000)
console.log('decoder'.padEnd(46), `${decode(20_000).toFixed(2)} µs per key`)
const paste = Buffer.from(`\x1b[200~${'some pasted line\n'.repeat(61_681)}\x1b[201~`)
const started = performance.now()
for (let from = 0; from < paste.length; from += 65_536)
  decoder.write(paste.subarray(from, from + 65_536))
console.log('paste of 1 MB'.padEnd(46), `${(performance.now() - started).toFixed(1)} ms`)

const directory = join(import.meta.dirname, '../../ui/terminal')
const importTime = (code: string): number =>
  Number(
    execFileSync(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', code], {
      encoding: 'utf8',
      cwd: join(import.meta.dirname, '../..'),
    }),
  )
const timed = (work: string): number =>
  importTime(`const started = performance.now(); ${work}; console.log(performance.now() - started)`)
console.log(
  'import of ui/terminal, from source by tsx'.padEnd(46),
  `${timed(`await import('${directory}/terminal.ts')`).toFixed(0)} ms`,
)
for (const toolkit of ['blessed', 'neo-blessed']) {
  const work = `await (await import('${directory}/toolkit.ts')).loadToolkit('${toolkit}')`
  console.log(`the toolkit ${toolkit}, from source`.padEnd(46), `${timed(work).toFixed(0)} ms`)
}
