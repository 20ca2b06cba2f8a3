import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { makeStyles, parseTheme } from '../../../../ui/theme/theme.ts'
import type { Style } from '../../../../ui/view/render/style.ts'
import { splitClusters } from '../../../../ui/view/render/width.ts'
import type { Frame } from '../../../../ui/view/types.ts'
import { view } from '../../../../ui/view/view.ts'
import { PAGE_SCENES, PAGE_SIZES } from './page-scenes.ts'
import { formatScenes, given, optionsFor, shipped } from './scene.ts'

/**
 * Screens with their colors: each row, and below it a letter for the style of each cell (`a40`: forty cells of it); the letters are listed at the end.
 * `npm run frames` rewrites them: review the changes.
 */
const directory = join(import.meta.dirname, 'frames', 'styled')
const writes = process.env['FRAMES'] === 'write'

const MODES = [
  ['dark', 'truecolor'],
  ['light', 'truecolor'],
  ['dark', '16'],
  ['dark', 'none'],
] as const

const fileOf = (name: string, theme: string, colors: string): string =>
  `${name.replaceAll(' ', '-')}-${theme}-${colors}.txt`

describe('The screen with its colors', () => {
  before(formatScenes)
  if (writes) mkdirSync(directory, { recursive: true })

  for (const { name, facts } of PAGE_SCENES) {
    for (const [theme, colors] of MODES) {
      it(`is drawn as in the snapshot ${name}, ${theme}, ${colors}, at each size`, () => {
        const styles = makeStyles(
          parseTheme(shipped('themes')(theme), theme, shipped('themes')),
          colors,
        )
        const screens = PAGE_SIZES.map((size) => {
          const [columns = 0, rows = 0] = size.split('x').map(Number)
          const state = given({ columns, rows }, ...facts)
          return `${size}\n${styledText(view(state, { ...optionsFor(state), styles }))}\n`
        })
        const shown = screens.join('\n')
        const file = join(directory, fileOf(name, theme, colors))
        if (writes) writeFileSync(file, shown)
        expect(shown).to.equal(readFileSync(file, 'utf8'))
      })
    }
  }

  it('has a snapshot of each scene in each of its colors, which has all sizes, and no other', () => {
    const files = PAGE_SCENES.flatMap(({ name }) =>
      MODES.map(([theme, colors]) => fileOf(name, theme, colors)),
    )
    expect(readdirSync(directory)).to.have.members(files)
    for (const file of files) {
      const lines = readFileSync(join(directory, file), 'utf8').split('\n')
      expect(lines.filter((line) => /^\d+x\d+$/.test(line))).to.deep.equal([...PAGE_SIZES])
    }
  })
})

interface Cell {
  readonly text: string
  readonly style: Style | null
}

/** The scenes have only characters of one cell. */
function styledText({ size, elements }: Frame): string {
  const grid: Cell[][] = Array.from({ length: size.rows }, () =>
    Array.from({ length: size.columns }, () => ({ text: ' ', style: null })),
  )
  for (const { rect, render } of elements) {
    for (const [y, row] of render(rect).rows.entries()) {
      const cells = row.flatMap(({ text, style }) =>
        [...splitClusters(text)].map((cluster) => ({ text: cluster, style })),
      )
      const line = grid[rect.y + y]
      for (const [x, cell] of cells.entries()) if (line) line[rect.x + x] = cell
    }
  }
  const letters = new Map<string, string>()
  const letterOf = (style: Style | null): string => {
    const traits = style === null ? '' : traitsOf(style)
    if (traits === '') return ' '
    const letter = letters.get(traits) ?? LETTERS[letters.size] ?? '?'
    letters.set(traits, letter)
    return letter
  }
  const rows = grid.flatMap((line) => {
    const text = line.map((cell) => cell.text).join('')
    const styled = line.map(({ style }) => letterOf(style)).join('')
    // Many rows have one style, or two.
    return [
      text.trimEnd(),
      styled.trimEnd().replaceAll(/(\S)\1{7,}/g, (run) => `${run[0]}${run.length}`),
    ]
  })
  return [...rows, ...[...letters].map(([traits, letter]) => `${letter} ${traits}`)].join('\n')
}

const LETTERS = 'abcdefghijklmnopqrstuvwxyz'

function traitsOf({ fg, bg, link, ...flags }: Style): string {
  const on = Object.entries(flags).flatMap(([flag, isOn]) => (isOn === true ? [flag] : []))
  const colors = [
    ['fg', fg],
    ['bg', bg],
  ] as const
  const named = colors.flatMap(([name, color]) =>
    color < 0 ? [] : [`${name} ${color.toString(16)}`],
  )
  return [...named, ...on, ...(link === '' ? [] : ['link'])].join(', ')
}
