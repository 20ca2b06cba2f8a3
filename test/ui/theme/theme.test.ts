import { readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { expect } from 'chai'
import {
  configFileInvalid,
  inheritsFromItself,
  parentNotFound,
  styleInvalid,
  unknownColor,
  unknownStyle,
} from '../../../ui/messages/config-files.ts'
import { STYLE_NAMES, type StyleName } from '../../../ui/theme/styles.ts'
import { makeStyles, parseTheme, type StyleRule, type Theme } from '../../../ui/theme/theme.ts'
import { themeFileSchema } from '../../../ui/theme/theme-file.ts'
import { styled } from '../../../ui/view/render/row.ts'
import { combine, isRgb, PLAIN_STYLE, rgb, styleOf } from '../../../ui/view/render/style.ts'

const directory = join(import.meta.dirname, '../../../themes')
const read = (name: string): unknown =>
  JSON.parse(readFileSync(join(directory, `${name}.json`), 'utf8'))
const shipped = readdirSync(directory).map((file) => basename(file, '.json'))

const GROUNDS: Readonly<Record<string, { text: string; grounds: readonly string[] }>> = {
  dark: { text: '#d4d4d4', grounds: ['#000000', '#1e1e1e', '#282c34'] },
  light: { text: '#24292e', grounds: ['#ffffff', '#fafafa', '#fdf6e3'] },
  'high-contrast': { text: '#ffffff', grounds: ['#000000', '#1e1e1e'] },
  gruvbox: { text: '#ebdbb2', grounds: ['#282828', '#000000'] },
  nord: { text: '#eceff4', grounds: ['#2e3440', '#000000'] },
  dracula: { text: '#f8f8f2', grounds: ['#282a36', '#000000'] },
  catppuccin: { text: '#cdd6f4', grounds: ['#1e1e2e', '#000000'] },
  'solarized-light': { text: '#073642', grounds: ['#fdf6e3', '#ffffff'] },
}

/** Drawn lines, not text: 3 is enough to see them. */
const LINES: readonly StyleName[] = ['border', 'codeBorder', 'rule']

describe('The shipped theme', () => {
  for (const name of shipped) {
    const theme = parseTheme(read(name), name, read)
    const ground = GROUNDS[name]

    it(`${name} has every style and no error`, () => {
      expect(theme.problems).to.deep.equal([])
      expect(Object.keys(theme.styles)).to.deep.equal([...STYLE_NAMES])
    })

    it(`${name} follows the documented format`, () => {
      expect(themeFileSchema.safeParse(read(name)).error).to.equal(undefined)
    })

    it(`${name} is readable on the usual backgrounds`, () => {
      expect(ground, 'name its backgrounds in this test').not.to.equal(undefined)
      const weak = STYLE_NAMES.flatMap((role) =>
        (ground?.grounds ?? []).flatMap((under) => {
          const { fg = ground?.text ?? '', bg = under } = theme.styles[role]
          const enough = LINES.includes(role) ? 3 : name === 'high-contrast' ? 7 : 4.5
          const found = contrast(fg, bg)
          return found < enough ? [`${role} on ${under}: ${found.toFixed(1)}`] : []
        }),
      )
      expect(weak).to.deep.equal([])
    })

    it(`${name} has a basic color for each of its colors, and no two roles that mean something look alike`, () => {
      const { vars, basicColors } = themeFileSchema.parse(read(name))
      expect(Object.keys(basicColors)).to.have.members(Object.keys(vars))
      const styles = makeStyles(theme, '16')
      const look = (role: StyleName): string => JSON.stringify(styles[role])
      for (const group of [
        ['text', 'muted', 'error', 'warning', 'success', 'tool', 'info', 'selection', 'accent'],
        ['diffContext', 'diffAdded', 'diffRemoved', 'diffHunk'],
        ['diffAdded', 'diffAddedWord'],
        ['diffRemoved', 'diffRemovedWord'],
        ['modeDefault', 'modeAcceptEdits', 'modePlan', 'modeBypass'],
        ['border', 'borderFocused'],
        ['toolDone', 'toolFailed', 'tool'],
      ] as const satisfies readonly (readonly StyleName[])[]) {
        expect(new Set(group.map(look)).size, group.join(' ')).to.equal(group.length)
      }
      // In some palettes bright black is the background; in others, bright green and bright cyan are grey.
      const muted = STYLE_NAMES.filter((role) => styles[role].fg === 8)
      expect(muted).to.deep.equal([])
      if (theme.name !== 'high-contrast') expect(styles.muted).to.equal(styleOf({ dim: true }))
      const mixed = STYLE_NAMES.filter((role) => isRgb(styles[role].fg) || isRgb(styles[role].bg))
      expect(mixed).to.deep.equal([])
      const weak = STYLE_NAMES.filter((role) => {
        const { fg, bg } = theme.basicStyles[role]
        return (fg !== undefined && fg === bg) || fg?.startsWith('#') || bg?.startsWith('#')
      })
      expect(weak).to.deep.equal([])
    })

    it(`${name} keeps code readable inside a diff`, () => {
      const weak = (
        ['diffAdded', 'diffRemoved', 'diffAddedWord', 'diffRemovedWord'] as const
      ).flatMap((role) =>
        codeStyles(theme, ground?.text ?? '').flatMap(({ role: code, fg }) => {
          const found = contrast(fg, theme.styles[role].bg ?? '')
          return found < 4.5 ? [`${code} in ${role}: ${found.toFixed(1)}`] : []
        }),
      )
      expect(weak).to.deep.equal([])
    })
  }
})

describe('A theme file', () => {
  const base = { styles: { error: { fg: 'red' }, muted: { fg: '#777777' } } }
  const parse = (json: unknown): Theme =>
    parseTheme(json, 'mine', (name) => (name === 'base' ? base : undefined))

  it('inherits what it does not define', () => {
    const theme = parse({ inherits: 'base', styles: { error: { bold: true } } })
    expect(theme.styles.error).to.deep.equal({ bold: true })
    expect(theme.styles.muted).to.deep.equal({ fg: '#777777' })
  })

  it('can change a color everywhere by redefining a variable', () => {
    const parent = { vars: { ink: '#111111' }, styles: { text: { fg: 'ink' } } }
    const theme = parseTheme({ inherits: 'p', vars: { ink: '#eeeeee' } }, 'mine', () => parent)
    expect(theme.styles.text).to.deep.equal({ fg: '#eeeeee' })
  })

  it('is reported where it is invalid, with a similar name, and used otherwise', () => {
    const theme = parse({
      vars: { rose: '#ff0000' },
      styles: {
        eror: { fg: 'red' },
        error: { fg: 'rosy', bold: true },
        warning: { fg: 'red', blinking: true },
        success: { fg: 'green' },
      },
    })
    expect(theme.problems.slice(0, 3)).to.deep.equal([
      unknownStyle('mine', 'eror', ['error']),
      unknownColor('mine', 'error', 'rosy', ['rose']),
      styleInvalid('mine', 'warning', 'unknown key "blinking"'),
    ])
    expect(theme.problems[3]).to.match(/^Theme mine: missing styles: text, /)
    expect(theme.styles.error).to.deep.equal({ bold: true })
    expect(theme.styles.success).to.deep.equal({ fg: 'green' })
  })

  it('that is not a theme, or inherits from itself or an unknown one, still results in a theme', () => {
    const invalid = 'expected an object { … }, found a list'
    expect(parse([]).problems[0]).to.equal(configFileInvalid('themes', 'mine', invalid))
    expect(parse({ inherits: 'mine' }).problems[0]).to.equal(
      inheritsFromItself('themes', 'mine', 'mine'),
    )
    expect(parse({ inherits: 'other' }).problems[0]).to.equal(
      parentNotFound('themes', 'mine', 'other'),
    )
  })
})

describe('A style', () => {
  const theme = parseTheme(
    {
      styles: {
        error: { fg: '#ff0000', bold: true },
        strong: { bold: true },
        link: { fg: 'brightBlue', underline: true },
        selection: { fg: 'white', bg: 'blue' },
        diffAddedWord: { bg: '#002200' },
      },
    },
    'test',
    () => undefined,
  )

  it('has the attributes of the theme', () => {
    const styles = makeStyles(theme, 'truecolor')
    expect(styles.error).to.equal(styleOf({ fg: rgb(255, 0, 0), bold: true }))
    expect(styles.link).to.equal(styleOf({ fg: 12, underline: true }))
    expect(styles.selection).to.equal(styleOf({ fg: 7, bg: 4 }))
    expect(styles.text).to.equal(PLAIN_STYLE)
  })

  it('within another keeps its colors and has the flags of both', () => {
    const { error, strong, link } = makeStyles(theme, 'truecolor')
    const nested = styled(error, 'a', styled(strong, 'b'), styled(link, 'c'))
    expect(nested).to.deep.equal([
      { text: 'ab', style: error },
      { text: 'c', style: styleOf({ fg: 12, bold: true, underline: true }) },
    ])
  })

  it('keeps the color of the selection for all that is in it, where there are sixteen colors', () => {
    const shippedStyles = makeStyles(parseTheme(read('dark'), 'dark', read), '16')
    const { selection, muted, success, strong, badge } = shippedStyles
    const nested = styled(selection, 'a', styled(muted, 'b'), styled(success, '●'))
    expect(nested).to.deep.equal([{ text: 'ab●', style: selection }])
    expect(combine(muted, selection)).to.equal(selection)
    expect(combine(selection, strong)).to.include({ fg: selection.fg, bold: true })
    expect(combine(selection, badge)).to.include({ fg: badge.fg, bg: badge.bg })
    const many = makeStyles(parseTheme(read('dark'), 'dark', read), 'truecolor')
    expect(combine(many.selection, many.success).fg).to.equal(many.success.fg)
  })

  it('without colors draws what is below a dialog weakly', () => {
    expect(makeStyles(theme, 'none').border).to.equal(styleOf({ dim: true }))
  })

  it('without colors still marks selections, changes and errors', () => {
    const styles = makeStyles(theme, 'none')
    expect(styles.error).to.equal(styleOf({ bold: true }))
    expect(styles.selection).to.equal(styleOf({ inverse: true }))
    expect(styles.diffAddedWord).to.equal(styleOf({ underline: true }))
    for (const role of STYLE_NAMES)
      expect(styles[role], role).to.include({ fg: PLAIN_STYLE.fg, bg: PLAIN_STYLE.bg })
  })
})

function codeStyles(theme: Theme, text: string): { role: string; fg: string }[] {
  const roles = STYLE_NAMES.filter((role) => role.startsWith('code') && role !== 'codeBorder')
  const styles = roles.map((role): [string, StyleRule] => [role, theme.styles[role]])
  styles.push(['text', {}])
  return styles.map(([role, { fg = text }]) => ({ role, fg }))
}

/** WCAG 2's contrast ratio. */
function contrast(one: string, other: string): number {
  const [light = 0, dark = 0] = [luminance(one), luminance(other)].sort((a, b) => b - a)
  return (light + 0.05) / (dark + 0.05)
}

function luminance(color: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5]
    .map((at) => Number.parseInt(color.slice(at, at + 2), 16) / 255)
    .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4))
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}
