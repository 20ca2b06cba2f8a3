import type { SettingValues } from '../lib/settings/schema.ts'
import { commandIds } from '../ui/app/command-list.ts'
import type { ParsedKeymap } from '../ui/input/keymap.ts'
import { loadKeymap } from '../ui/input/keymap-loader.ts'
import { loadToolkit, type Toolkit } from '../ui/terminal/toolkit.ts'
import type { Theme } from '../ui/theme/theme.ts'
import { loadTheme } from '../ui/theme/theme-loader.ts'

/** What a full screen needs before it is opened. */
interface ScreenParts {
  readonly toolkit: Toolkit
  readonly theme: Theme
  readonly keymap: ParsedKeymap
}

/** Loads what the settings name; the files of the user are in `~/.letta`. */
export async function loadScreenParts(
  lettaDirectory: string,
  names: Pick<SettingValues, keyof ScreenParts>,
): Promise<ScreenParts> {
  const [toolkit, theme, keymap] = await Promise.all([
    loadToolkit(names.toolkit),
    loadTheme(names.theme, lettaDirectory),
    loadKeymap(names.keymap, lettaDirectory, commandIds()),
  ])
  return { toolkit, theme, keymap }
}
