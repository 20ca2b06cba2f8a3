import { type Keymap, parseKeymap } from '../input/keymap.ts'
import { detectColours } from '../terminal/colours.ts'
import { userFiles } from './config-files.ts'
import type { Styles } from './styles.ts'
import { makeStyles, parseTheme } from './theme.ts'

export interface AppearanceOptions {
  readonly theme: string
  readonly keymap: string
  readonly lettaFolder: string
  readonly environment: Readonly<Record<string, string | undefined>>
}

export interface Appearance {
  readonly styles: Styles
  /** Gives what is wrong with the theme's file. */
  setTheme(name: string): readonly string[]
  /** New styles that look the same: rows painted with the old ones are painted again. */
  refresh(): void
}

/** The theme as styles; what is wrong with its file is added to `problems`. */
export function createAppearance(options: AppearanceOptions, problems: string[]): Appearance {
  const colours = detectColours(options.environment)
  const read = (name: string) => {
    const files = userFiles('themes', options.lettaFolder)
    const parsed = parseTheme(files.read(name), name, files.read)
    return { ...parsed, problems: [...files.problems, ...parsed.problems] }
  }
  let theme = read(options.theme)
  problems.push(...theme.problems)
  let styles = makeStyles(theme, colours)
  return {
    get styles() {
      return styles
    },
    setTheme(name) {
      theme = read(name)
      styles = makeStyles(theme, colours)
      return theme.problems
    },
    refresh() {
      styles = makeStyles(theme, colours)
    },
  }
}

export function readKeymap(
  options: AppearanceOptions,
  commands: readonly string[],
  problems: string[],
): Keymap {
  const files = userFiles('keymaps', options.lettaFolder)
  const { keymap, problems: found } = parseKeymap(
    files.read(options.keymap),
    options.keymap,
    files.read,
    commands,
  )
  problems.push(...files.problems, ...found)
  return keymap
}
