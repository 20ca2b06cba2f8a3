import { detectColors } from '../terminal/colors.ts'
import { loadConfigFile } from './config-files.ts'
import type { Styles } from './styles.ts'
import { makeStyles, parseTheme, type Theme } from './theme.ts'

/** The name that stands for the light or the dark theme, whichever fits the background of the terminal. */
export const AUTOMATIC_THEME = 'auto'

/** Reads a theme; its `problems` contain what is wrong with its file. */
export async function loadTheme(
  name: string,
  lettaDirectory: string,
  background: 'dark' | 'light' | null = null,
): Promise<Theme> {
  const wanted = name === AUTOMATIC_THEME ? (background ?? 'dark') : name
  const file = await loadConfigFile('themes', wanted, lettaDirectory)
  const theme = parseTheme(file.read(wanted), name, file.read)
  return { ...theme, problems: [...file.problems, ...theme.problems] }
}

/** The styles of the theme in use, in the colors that the terminal has. */
interface Appearance {
  readonly styles: Styles
  setTheme(theme: Theme): void
}

export function createAppearance(
  theme: Theme,
  environment: Readonly<Record<string, string | undefined>>,
): Appearance {
  const colors = detectColors(environment)
  let styles = makeStyles(theme, colors)
  return {
    get styles() {
      return styles
    },
    setTheme(next) {
      styles = makeStyles(next, colors)
    },
  }
}
