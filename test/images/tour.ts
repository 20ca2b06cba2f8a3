// Draws docs/images/tour-dark.svg and tour-light.svg from the real program: npx tsx test/images/tour.ts
// The agent is scripted; the program, the files, the memory and the screen are real.
import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { type ProgramFixture, setUpProgram, type WorkbenchDriver } from '../support/program.ts'
import { type Colors, DARK, type Frame, LIGHT, movingImage } from './terminal-svg.ts'

const SIZE = { columns: 120, rows: 34 }

/** Milliseconds between two looks at the screen, and after the last key. */
const [INTERVAL, END] = [150, 3_000]

const SOURCE = `export function greeting(name) {
  return 'Helo ' + name
}

export function farewell(name) {
  return 'Bye ' + name
}

export function shout(text) {
  return text.toUpperCase()
}
`

const TURNS = [
  {
    delayMs: 25,
    text: 'I keep that in mind, then look at the file.',
    calls: [
      { name: 'memory_insert', args: { label: 'human', new_string: 'Prefers template strings.' } },
      { name: 'Read', args: { file_path: 'src/greeting.js' } },
    ],
  },
  {
    delayMs: 25,
    text: 'The greeting has a typo, and both functions join strings by hand:',
    calls: [
      {
        name: 'MultiEdit',
        args: {
          file_path: 'src/greeting.js',
          edits: [
            { old_string: "return 'Helo ' + name", new_string: 'return `Hello ${name}`' },
            { old_string: 'text.toUpperCase()', new_string: 'text.toLocaleUpperCase()' },
          ],
        },
      },
    ],
  },
  { delayMs: 25, text: 'The greeting is corrected; `shout` stays as it is, as you decided.' },
]

await record('dark', DARK)
await record('light', LIGHT)

async function record(theme: string, colors: Colors): Promise<void> {
  const desk = await setUpProgram(TURNS)
  desk.write('src/greeting.js', SOURCE)
  mkdirSync(path.join(desk.home, '.letta'), { recursive: true })
  writeFileSync(path.join(desk.home, '.letta', 'settings.json'), JSON.stringify({ theme }))
  const workbench = desk.opens(SIZE)
  await workbench.sees('ready')
  const camera = film(desk, workbench)
  await play(workbench)
  const { frames, seconds } = camera.stop()
  const label = 'The workbench: memory changes, a hunk is rejected, and the session is rewound'
  const image = movingImage({ ...SIZE, label, colors }, frames, seconds)
  const file = new URL(`../../docs/images/tour-${theme}.svg`, import.meta.url)
  writeFileSync(fileURLToPath(file), image)
  await desk.clear()
}

async function play(workbench: WorkbenchDriver): Promise<void> {
  await pause(1_500)
  await slowly(workbench, 'Correct the greeting. I like template strings')
  workbench.presses('enter')
  await workbench.sees('approve once')
  await pause(2_500)
  for (const key of [']', 'space']) {
    workbench.presses(key)
    await pause(1_500)
  }
  workbench.presses('y')
  await workbench.sees('as you decided')
  await pause(2_500)
  workbench.presses('alt+3')
  await pause(3_000)
  workbench.presses('alt+2')
  await pause(3_000)
  workbench.presses('alt+1')
  await pause(1_000)
  workbench.presses('escape')
  await pause(150)
  workbench.presses('escape')
  await pause(2_000)
  workbench.presses('enter')
  await pause(2_500)
  workbench.presses('enter')
  await pause(3_500)
  workbench.presses('y')
  await pause(END)
}

async function slowly(workbench: WorkbenchDriver, text: string): Promise<void> {
  for (const character of text) {
    workbench.types(character)
    await pause(45)
  }
  await pause(500)
}

/** Looks at the screen again and again, and keeps each one that differs from the last. */
function film(desk: ProgramFixture, workbench: WorkbenchDriver) {
  const began = performance.now()
  const frames: Frame[] = []
  let last = ''
  const look = (): void => {
    const rows = workbench.pty.runs().map((row) =>
      row.map((run) => {
        const text = run.text.replaceAll(desk.project, '~/project').padEnd(run.text.length)
        return { ...run, text }
      }),
    )
    const key = JSON.stringify(rows)
    if (key === last) return
    last = key
    frames.push({ at: frames.length === 0 ? 0 : secondsSince(began), rows })
  }
  look()
  const timer = setInterval(look, INTERVAL)
  return {
    stop() {
      clearInterval(timer)
      return { frames, seconds: secondsSince(began) }
    },
  }
}

function secondsSince(time: number): number {
  return Math.round((performance.now() - time) / 10) / 100
}
