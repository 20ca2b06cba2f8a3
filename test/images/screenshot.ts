// Draws docs/images/screenshot.svg from the real program: npx tsx test/images/screenshot.ts
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { setUpProgram } from '../support/program.ts'
import type { StyledRun } from '../support/pty.ts'
import { DARK, stillImage } from './terminal-svg.ts'

const SIZE = { columns: 120, rows: 36 }

const BEFORE = `export function greeting(name) {
  return 'Helo ' + name
}

export function farewell(name) {
  return 'Bye ' + name
}
`

const desk = await setUpProgram([
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
])
desk.write('src/greeting.js', BEFORE)
desk.write(
  '.skills/data-analysis/SKILL.MD',
  '---\nname: Data Analysis\ndescription: Reads tables and sums them up\ncategory: Data\n---\n',
)
const workbench = desk.opens(SIZE)
await workbench.sees('ready')
workbench.types('Mend the greeting; I like template strings').presses('enter')
await workbench.sees('approve once')
await workbench.pty.settle(300)
const file = fileURLToPath(new URL('../../docs/images/screenshot.svg', import.meta.url))
const rows = workbench.pty.runs().map((row) => row.map(withoutPath))
writeFileSync(file, stillImage({ ...SIZE, label: 'The Letta Workbench', colors: DARK }, rows))
await desk.clear()

/** The scratch project is called what a person would call theirs. */
function withoutPath(run: StyledRun): StyledRun {
  const text = run.text.replaceAll(desk.project, '~/project').padEnd(run.text.length)
  return { ...run, text }
}
