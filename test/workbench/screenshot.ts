// Draws test/workbench/screenshot.svg from the real program: npx tsx test/workbench/screenshot.ts
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { setUpProgram } from '../support/program.ts'
import type { StyledRun } from '../support/pty.ts'

const [COLUMNS, ROWS] = [120, 36]
const [CELL, LINE, MARGIN, BAR] = [8.4, 18, 14, 34]
const [GROUND, INK] = ['#14161b', '#d8dbe2']

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
const workbench = desk.opens({ columns: COLUMNS, rows: ROWS })
await workbench.sees('ready')
workbench.types('Mend the greeting; I like template strings').presses('enter')
await workbench.sees('approve once')
await workbench.pty.settle(300)
const file = fileURLToPath(new URL('screenshot.svg', import.meta.url))
writeFileSync(file, drawn(workbench.pty.runs().map((row) => row.map(withoutPath))))
await desk.clear()

/** The scratch project is called what a person would call theirs. */
function withoutPath(run: StyledRun): StyledRun {
  const text = run.text.replaceAll(desk.project, '~/project').padEnd(run.text.length)
  return { ...run, text }
}

function drawn(rows: readonly (readonly StyledRun[])[]): string {
  const width = Math.ceil(COLUMNS * CELL + 2 * MARGIN)
  const height = Math.ceil(ROWS * LINE + 2 * MARGIN + BAR)
  const lights = ['#ff5f57', '#febc2e', '#28c840'].map(
    (fill, index) => `<circle cx="${22 + index * 20}" cy="${BAR / 2 + 4}" r="6" fill="${fill}"/>`,
  )
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="The Letta Workbench">`,
    `<rect width="${width}" height="${height}" rx="10" fill="${GROUND}"/>`,
    ...lights,
    `<text x="${width / 2}" y="${BAR / 2 + 8}" fill="#7d828c" font-family="sans-serif" font-size="13" text-anchor="middle">letta</text>`,
    '<g font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, \'DejaVu Sans Mono\', monospace" font-size="14" xml:space="preserve">',
    ...rows.flatMap((row, y) => drawnRow(row, y)),
    '</g>',
    '</svg>',
    '',
  ].join('\n')
}

function drawnRow(row: readonly StyledRun[], y: number): readonly string[] {
  const parts: string[] = []
  let column = 0
  for (const run of row) {
    const left = MARGIN + column * CELL
    const top = BAR + MARGIN + y * LINE
    const width = run.width * CELL
    const [fg, bg] = run.inverse ? [run.bg, run.fg ?? INK] : [run.fg, run.bg]
    if (bg !== null) {
      parts.push(
        `<rect x="${left.toFixed(1)}" y="${top}" width="${width.toFixed(1)}" height="${LINE}" fill="${paint(bg)}"/>`,
      )
    }
    if (run.text.trim() !== '') {
      const weight = run.bold ? ' font-weight="700"' : ''
      const style = run.italic ? ' font-style="italic"' : ''
      const faint = run.dim ? ' opacity="0.6"' : ''
      const line = run.underline ? ' text-decoration="underline"' : ''
      const ink = fg === null ? (run.inverse ? GROUND : INK) : paint(fg)
      parts.push(
        `<text x="${left.toFixed(1)}" y="${top + 13.5}" textLength="${width.toFixed(1)}" lengthAdjust="spacingAndGlyphs" fill="${ink}"${weight}${style}${faint}${line}>${escaped(run.text)}</text>`,
      )
    }
    column += run.width
  }
  return parts
}

function paint(color: string | number): string {
  return typeof color === 'string' ? color : (PALETTE[color] ?? INK)
}

const PALETTE = [
  '#1d1f21',
  '#e06c75',
  '#98c379',
  '#e5c07b',
  '#61afef',
  '#c678dd',
  '#56b6c2',
  '#d8dbe2',
  '#7d828c',
  '#ff7b86',
  '#b5e890',
  '#ffd68a',
  '#82c4ff',
  '#dd9bf0',
  '#7fd8e3',
  '#ffffff',
]

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
