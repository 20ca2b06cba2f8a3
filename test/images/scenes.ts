// What the images of docs/images show: the built program, its files, memory and screen, with a scripted agent.
import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { type ProgramFixture, setUpProgram, type WorkbenchDriver } from '../support/program.ts'
import type { StyledRun } from '../support/pty.ts'

export type Rows = readonly (readonly StyledRun[])[]

export const SCREENSHOT_SIZE = { columns: 120, rows: 36 }
export const TOUR_SIZE = { columns: 120, rows: 34 }

const SCREENSHOT_SOURCE = `export function greeting(name) {
  return 'Helo ' + name
}

export function farewell(name) {
  return 'Bye ' + name
}
`

const SCREENSHOT_TURNS = [
  {
    reasoning: 'The person prefers template strings. First look at the file, then change it.',
    calls: [
      { name: 'memory_insert', args: { label: 'human', new_string: 'Prefers template strings.' } },
    ],
  },
  { calls: [{ name: 'Read', args: { file_path: 'src/greeting.js' } }] },
  {
    text: 'Noted for next time. The greeting has a **typo**, and both functions glue strings:\n\n```js\nconst text = `Hello ${name}`\n```\n',
    calls: [
      {
        name: 'MultiEdit',
        args: {
          file_path: 'src/greeting.js',
          edits: [
            { old_string: "return 'Helo ' + name", new_string: 'return `Hello ${name}`' },
            { old_string: "return 'Bye ' + name", new_string: 'return `Bye ${name}`' },
          ],
        },
      },
    ],
  },
]

/** The screen with conversation, memory, skills, and a diff that awaits approval. */
export async function screenshot(): Promise<Rows> {
  const desk = await setUpProgram(SCREENSHOT_TURNS)
  try {
    desk.write('src/greeting.js', SCREENSHOT_SOURCE)
    desk.write(
      '.skills/data-analysis/SKILL.MD',
      '---\nname: Data Analysis\ndescription: Reads tables and sums them up\ncategory: Data\n---\n',
    )
    const workbench = desk.opens({ ...SCREENSHOT_SIZE, built: true })
    await workbench.sees('ready')
    workbench.types('Mend the greeting; I like template strings').presses('enter')
    await workbench.sees('approve once')
    await workbench.pty.settle(300)
    return rowsOf(desk, workbench)
  } finally {
    await desk.clear()
  }
}

const TOUR_SOURCE = `export function greeting(name) {
  return 'Helo ' + name
}

export function farewell(name) {
  return 'Bye ' + name
}

export function shout(text) {
  return text.toUpperCase()
}
`

const TOUR_TURNS = [
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

/** A session in which memory changes, a hunk is rejected, and the session is rewound. */
export interface Tour {
  /** The screen as it is now. */
  rows(): Rows
  /** Plays it. What was pressed is to be looked at for some milliseconds. */
  play(look: (milliseconds: number) => Promise<void>): Promise<void>
  close(): Promise<void>
}

export async function openTour(theme: string): Promise<Tour> {
  const desk = await setUpProgram(TOUR_TURNS)
  desk.write('src/greeting.js', TOUR_SOURCE)
  mkdirSync(path.join(desk.home, '.letta'), { recursive: true })
  writeFileSync(path.join(desk.home, '.letta', 'settings.json'), JSON.stringify({ theme }))
  const workbench = desk.opens({ ...TOUR_SIZE, built: true })
  await workbench.sees('ready')
  return {
    rows: () => rowsOf(desk, workbench),
    play: (look) => play(workbench, look),
    close: () => desk.clear(),
  }
}

async function play(
  workbench: WorkbenchDriver,
  look: (milliseconds: number) => Promise<void>,
): Promise<void> {
  const press = async (key: string, milliseconds: number): Promise<void> => {
    workbench.presses(key)
    await look(milliseconds)
  }
  await look(1_500)
  for (const character of 'Correct the greeting. I like template strings') {
    workbench.types(character)
    await look(45)
  }
  await look(500)
  workbench.presses('enter')
  await workbench.sees('approve once')
  await look(2_500)
  await press(']', 1_500)
  await press('space', 1_500)
  workbench.presses('y')
  await workbench.sees('as you decided')
  await look(2_500)
  await press('alt+3', 3_000)
  await press('alt+2', 3_000)
  await press('alt+1', 1_000)
  await press('escape', 150)
  await press('escape', 2_000)
  await press('enter', 2_500)
  await press('enter', 3_500)
  await press('y', 3_000)
}

/** The scratch project is called what a person would call theirs. */
function rowsOf(desk: ProgramFixture, workbench: WorkbenchDriver): Rows {
  return workbench.pty.runs().map((row) =>
    row.map((run) => {
      const text = run.text.replaceAll(desk.project, '~/project').padEnd(run.text.length)
      return { ...run, text }
    }),
  )
}
