import { loadConfigFile } from '../theme/config-files.ts'
import { type ParsedKeymap, parseKeymap } from './keymap.ts'

/** Reads a keymap. `commands`: the ids that it may name. */
export async function loadKeymap(
  name: string,
  lettaDirectory: string,
  commands: readonly string[],
): Promise<ParsedKeymap> {
  const file = await loadConfigFile('keymaps', name, lettaDirectory)
  const { keymap, problems } = parseKeymap(file.read(name), name, file.read, commands)
  return { keymap, problems: [...file.problems, ...problems] }
}
