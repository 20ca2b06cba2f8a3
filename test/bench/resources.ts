// Memory of 1,000 mixed turns, memory and CPU time of long pastes in one line: npm run build && npx tsx test/bench/resources.ts [turns] [paste]
import { readFileSync } from 'node:fs'
import type { ScriptedAnswer } from '../support/model-endpoint.ts'
import { type ProgramFixture, setUpProgram, type WorkbenchDriver } from '../support/program.ts'

const TURNS = Number(process.env['TURNS'] ?? 1000)
const TURNS_PER_SAMPLE = 50
const PASTES = [1_000_000, 5_000_000]
const KEYS = 40
const SIZE = { columns: 110, rows: 30 }
const TICKS_PER_SECOND = 100
const SAMPLE_MS = 15

const LIMITS: Readonly<Record<string, number>> = {
  'PSS of 1,000 mixed turns, MiB': 150,
  '1 MB in one line: ms a key': 50,
  '5 MB in one line: ms a key': 200,
  '5 MB in one line: peak PSS, MB': 300,
  '5 MB in one line: peak resident, MB': 300,
}

/** Proportional set size, in bytes; 0 when the program has ended. */
function pssOf(pid: number): number {
  try {
    const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8')
    return Number(/^Pss:\s+(\d+)/m.exec(rollup)?.[1]) * 1024
  } catch {
    return 0
  }
}

function residentOf(pid: number, what: 'VmRSS' | 'VmHWM'): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  return Number(new RegExp(`${what}:\\s+(\\d+)`).exec(status)?.[1]) * 1024
}

/** Of all threads, in milliseconds. */
function cpuOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return ((Number(fields[11]) + Number(fields[12])) * 1000) / TICKS_PER_SECOND
}

/** The largest value until `stop`. */
function watchPeak(pid: number) {
  let peak = 0
  const look = (): void => {
    peak = Math.max(peak, pssOf(pid))
  }
  const timer = setInterval(look, SAMPLE_MS)
  return {
    stop(): number {
      clearInterval(timer)
      look()
      return peak
    },
  }
}

function report(name: string, value: number): void {
  const limit = LIMITS[name]
  const verdict = limit === undefined ? '' : `  limit ${limit}${value > limit ? ': EXCEEDED' : ''}`
  process.stdout.write(`${name.padEnd(48)} ${value.toFixed(1).padStart(8)}${verdict}\n`)
}

const AGENT = { system: 'You are a coding agent' }
const FORTY_LINES = Array.from(
  { length: 40 },
  (_, index) => `- line ${index} of the answer, with **bold** words and \`code\` in it.\n`,
).join('')
const PARAGRAPH = 'Some **words** and `code` in a row, as an answer has them. '.repeat(8)

function textOf(turn: number): string {
  return Array.from({ length: 60 }, (_, line) =>
    line % 6 === 0 ? `line ${line} in version ${turn}\n` : `line ${line} stays\n`,
  ).join('')
}

/** What the model does in a turn: a text, a command with output, a change of a file, or forty lines. */
function answersOf(turn: number): readonly ScriptedAnswer[] {
  const end = `End of ${turn}.`
  switch (turn % 4) {
    case 0:
      return [{ match: AGENT, text: `${PARAGRAPH}\n\n${end}` }]
    case 1: {
      const call = { name: 'Bash', args: { command: `seq ${turn} ${turn + 200}` } }
      return [
        { match: AGENT, reasoning: 'Think of it.', calls: [call] },
        { match: AGENT, text: `${PARAGRAPH} ${end}` },
      ]
    }
    case 2: {
      const args = { file_path: 'notes.txt', content: textOf(turn) }
      return [
        { match: AGENT, calls: [{ name: 'Read', args: { file_path: 'notes.txt' } }] },
        { match: AGENT, calls: [{ name: 'Write', args }] },
        { match: AGENT, text: `Changed. ${end}` },
      ]
    }
    default:
      return [{ match: AGENT, text: `${FORTY_LINES}\n${end}` }]
  }
}

async function measureTurns(): Promise<void> {
  const desk = await setUpProgram()
  desk.write('notes.txt', textOf(0))
  const args = ['--permission-mode', 'acceptEdits', '--allowedTools', 'Bash(seq:*)']
  const workbench = desk.opens({ args, built: true, ...SIZE })
  const { pid } = workbench.pty
  await workbench.sees('ready')
  const peak = watchPeak(pid)
  let begun = cpuOf(pid)
  for (let turn = 1; turn <= TURNS; turn++) {
    await takeTurn(desk, workbench, turn)
    if (turn % TURNS_PER_SAMPLE !== 0) continue
    const each = (cpuOf(pid) - begun) / TURNS_PER_SAMPLE
    const memory = (pssOf(pid) / 2 ** 20).toFixed(1)
    process.stderr.write(`${turn} turns: PSS ${memory} MiB, ${each.toFixed(1)} ms CPU a turn\n`)
    begun = cpuOf(pid)
  }
  await workbench.pty.settle(1000)
  report('PSS of 1,000 mixed turns, MiB', pssOf(pid) / 2 ** 20)
  report('its peak', peak.stop() / 2 ** 20)
  report('resident, MiB', residentOf(pid, 'VmRSS') / 2 ** 20)
  await desk.clear()
}

async function takeTurn(desk: ProgramFixture, workbench: WorkbenchDriver, turn: number) {
  const summary = { sticky: true, text: 'A summary of what was said.' }
  desk.model.setTurns([...answersOf(turn), summary])
  await workbench.types(`message ${turn}`).sees(`» message ${turn}`)
  workbench.presses('enter')
  await workbench.sees(`End of ${turn}.`)
  await workbench.sees('ready')
}

function oneLine(length: number): string {
  return 'a line without an end that has words of some letters in it '
    .repeat(Math.ceil(length / 59))
    .slice(0, length)
}

/** A long text in one line is pasted, shown in full, and typed into at its end. */
async function measurePaste(length: number): Promise<void> {
  const desk = await setUpProgram()
  const workbench = desk.opens({ built: true, ...SIZE })
  const { pid } = workbench.pty
  await workbench.sees('ready')
  const name = `${length / 1_000_000} MB in one line`
  const peak = watchPeak(pid)
  workbench.pty.paste(oneLine(length))
  await workbench.sees('[pasted')
  workbench.presses('alt+e')
  await workbench.seesNoMore('[pasted')
  await workbench.pty.settle(1000)
  const begun = cpuOf(pid)
  for (let key = 0; key < KEYS; key++) {
    const { x, y } = workbench.pty.cursor()
    // Each word is a step of undo.
    workbench.types('qzx '[key % 4] ?? '')
    const hasMoved = () => workbench.pty.cursor().x !== x || workbench.pty.cursor().y !== y
    await workbench.pty.waitFor(hasMoved)
    await workbench.pty.settle(60)
  }
  const spent = cpuOf(pid) - begun
  report(`${name}: ms a key`, spent / KEYS)
  await workbench.pty.settle(1000)
  report(`${name}: peak PSS, MB`, peak.stop() / 1e6)
  report(`${name}: peak resident, MB`, residentOf(pid, 'VmHWM') / 1e6)
  report(`${name}: PSS afterwards, MB`, pssOf(pid) / 1e6)
  await desk.clear()
}

const parts = process.argv.slice(2)
if (parts.length === 0 || parts.includes('paste')) {
  for (const length of PASTES) await measurePaste(length)
}
if (parts.length === 0 || parts.includes('turns')) await measureTurns()
