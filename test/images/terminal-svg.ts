import { textWidth } from '../../ui/view/render/width.ts'
import type { StyledRun } from '../support/pty.ts'

/** A screen as it was from `at` on. */
export interface Frame {
  /** Seconds since the first frame. */
  readonly at: number
  readonly rows: readonly (readonly StyledRun[])[]
}

export interface Colors {
  readonly ground: string
  readonly ink: string
}

interface Window {
  readonly columns: number
  readonly rows: number
  readonly label: string
  readonly colors: Colors
}

export const DARK: Colors = { ground: '#14161b', ink: '#d8dbe2' }
export const LIGHT: Colors = { ground: '#fbfbf9', ink: '#2a2d34' }

const [CELL, LINE, MARGIN, BAR] = [8.4, 18, 14, 34]

/** A window with one screen. */
export function stillImage(window: Window, rows: Frame['rows']): string {
  return framed(
    window,
    '',
    rows.flatMap((row, y) => drawnRow(row, y, window.colors)),
  )
}

/**
 * A window whose screen changes, and begins again after `seconds`. A row is drawn once for each time in which it stays the
 * same, and is visible in that time only.
 */
export function movingImage(window: Window, frames: readonly Frame[], seconds: number): string {
  const times = new Map<string, string>()
  const nameOf = (from: number, to: number): string => {
    const keys = keyframes(from / seconds, to / seconds)
    const name = times.get(keys) ?? `t${times.size}`
    times.set(keys, name)
    return name
  }
  const parts = Array.from({ length: window.rows }, (_, y) =>
    spansOf(frames, y, seconds).map(({ row, from, to }) => {
      const drawn = drawnRow(row, y, window.colors)
      if (drawn.length === 0) return ''
      if (from === 0 && to === seconds) return drawn.join('')
      return `<g class="${nameOf(from, to)}">${drawn.join('')}</g>`
    }),
  ).flat(1)
  const styles = [...times].map(
    ([keys, name]) =>
      `@keyframes ${name}{${keys}}.${name}{animation:${name} ${seconds}s step-end infinite}`,
  )
  return framed(window, `<style>${styles.join('')}</style>`, parts.filter(Boolean))
}

interface RowSpan {
  readonly row: readonly StyledRun[]
  readonly from: number
  readonly to: number
}

function spansOf(frames: readonly Frame[], y: number, seconds: number): readonly RowSpan[] {
  const spans: { row: readonly StyledRun[]; key: string; from: number }[] = []
  for (const { at, rows } of frames) {
    const row = rows[y] ?? []
    const key = JSON.stringify(row)
    if (spans.at(-1)?.key !== key) spans.push({ row, key, from: at })
  }
  return spans.map(({ row, from }, index) => ({
    row,
    from,
    to: spans[index + 1]?.from ?? seconds,
  }))
}

function keyframes(from: number, to: number): string {
  const steps = [
    ...(from > 0 ? ['0%{visibility:hidden}'] : []),
    `${percent(from)}{visibility:visible}`,
    ...(to < 1 ? [`${percent(to)}{visibility:hidden}`] : []),
  ]
  return steps.join('')
}

function percent(part: number): string {
  return `${(part * 100).toFixed(2)}%`
}

function framed(window: Window, style: string, parts: readonly string[]): string {
  const width = Math.ceil(window.columns * CELL + 2 * MARGIN)
  const height = Math.ceil(window.rows * LINE + 2 * MARGIN + BAR)
  const lights = ['#ff5f57', '#febc2e', '#28c840'].map(
    (fill, index) => `<circle cx="${22 + index * 20}" cy="${BAR / 2 + 4}" r="6" fill="${fill}"/>`,
  )
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="${window.label}">`,
    ...(style === '' ? [] : [style]),
    `<rect width="${width}" height="${height}" rx="10" fill="${window.colors.ground}"/>`,
    ...lights,
    `<text x="${width / 2}" y="${BAR / 2 + 8}" fill="#7d828c" font-family="sans-serif" font-size="13" text-anchor="middle">letta</text>`,
    '<g font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, \'DejaVu Sans Mono\', monospace" font-size="14" xml:space="preserve">',
    ...parts,
    '</g>',
    '</svg>',
    '',
  ].join('\n')
}

function drawnRow(row: readonly StyledRun[], y: number, { ground, ink }: Colors): string[] {
  const parts: string[] = []
  const top = BAR + MARGIN + y * LINE
  let column = 0
  for (const run of row) {
    const left = rounded(MARGIN + column * CELL)
    const width = rounded(run.width * CELL)
    const [fg, bg] = run.inverse ? [run.bg, run.fg ?? ink] : [run.fg, run.bg]
    if (bg !== null) {
      parts.push(
        `<rect x="${left}" y="${top}" width="${width}" height="${LINE}" fill="${paint(bg, ink)}"/>`,
      )
    }
    const look = [
      run.bold ? ' font-weight="700"' : '',
      run.italic ? ' font-style="italic"' : '',
      run.dim ? ' opacity="0.6"' : '',
      run.underline ? ' text-decoration="underline"' : '',
    ].join('')
    const color = fg === null ? (run.inverse ? ground : ink) : paint(fg, ink)
    for (const { text, at, cells } of piecesOf(run.text)) {
      parts.push(
        `<text x="${rounded(MARGIN + (column + at) * CELL)}" y="${top + 13.5}" textLength="${rounded(cells * CELL)}" lengthAdjust="spacingAndGlyphs" fill="${color}"${look}>${escaped(text)}</text>`,
      )
    }
    column += run.width
  }
  return parts
}

/**
 * The parts of a text between blanks of two or more cells. Browsers collapse such blanks, whatever `xml:space` says, and
 * would stretch the letters over the width of both.
 */
function piecesOf(text: string): { text: string; at: number; cells: number }[] {
  return [...text.matchAll(/\S+(?: \S+)*/g)].map((match) => ({
    text: match[0],
    at: textWidth(text.slice(0, match.index)),
    cells: textWidth(match[0]),
  }))
}

function rounded(value: number): string {
  return value.toFixed(1).replace(/\.0$/, '')
}

function paint(color: string | number, ink: string): string {
  return typeof color === 'string' ? color : (PALETTE[color] ?? ink)
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
