import { STYLE_NAMES, type StyleName, type Styles } from '../../../ui/theme/styles.ts'
import { makeStyles, parseTheme } from '../../../ui/theme/theme.ts'
import type { Formatter } from '../../../ui/view/render/formatter.ts'
import { type Row, rowText } from '../../../ui/view/render/row.ts'
import { rgb, type Style, styleOf } from '../../../ui/view/render/style.ts'

/** A theme without any style: all text is plain. */
export const plainStyles: Styles = makeStyles(
  parseTheme({}, 'plain', () => undefined),
  'truecolor',
)

/** A theme whose every role has a style that no other has. */
export const namedStyles: Styles = Object.fromEntries(
  STYLE_NAMES.map((role, index) => [role, styleOf({ fg: rgb(0, 0, index) })]),
) as Record<StyleName, Style>

/** Rows are plain text, as they are until the formatter is loaded. */
export const PLAIN = { styles: plainStyles, formatter: null }

export const optionsWith = (formatter: Formatter, styles = plainStyles) => ({ styles, formatter })

export function textOf(rows: readonly Row[]): readonly string[] {
  return rows.map((content) => rowText(content))
}

/** The row with its roles of `namedStyles` as tags, and links: `<strong>bold</>`, `[https://…|text]`. */
export function markup(content: Row): string {
  return content
    .map(({ text, style }) => {
      const role = STYLE_NAMES.find((name) => namedStyles[name].fg === style.fg)
      const tagged = role === undefined ? text : `<${role}>${text}</>`
      return style.link === '' ? tagged : `[${style.link}|${tagged}]`
    })
    .join('')
}
