import { stat } from 'node:fs/promises'
import { askGit } from './ask-git.ts'
import { nullOnFailure } from './git-repository.ts'

export interface GitSetting {
  /** In lower case, except for a subsection: `diff.External.textconv`. */
  readonly name: string
  readonly value: string
}

/**
 * The settings in a configuration file, read by git, without those of included files. An empty list when the file does not
 * exist, null when git cannot read it.
 */
export async function readGitSettings(file: string): Promise<readonly GitSetting[] | null> {
  const stats = await nullOnFailure(stat(file, { bigint: true }))
  if (stats === null) return []
  if (!stats.isFile() || stats.size > MAX_CONFIG_BYTES) return null
  const key = [file, stats.dev, stats.ino, stats.size, stats.mtimeNs, stats.ctimeNs].join('\0')
  const known = KNOWN_SETTINGS.get(key)
  if (known !== undefined) return known
  const output = await askGit('/', ['config', '--list', '-z', '--no-includes', '-f', file])
  if (output === null) return null
  const settings = parseSettings(output)
  if (KNOWN_SETTINGS.size >= MAX_KNOWN_FILES) KNOWN_SETTINGS.clear()
  KNOWN_SETTINGS.set(key, settings)
  return settings
}

/** By the identity and the times of the file: starting git for each decision takes too long. */
const KNOWN_SETTINGS = new Map<string, readonly GitSetting[]>()

const MAX_KNOWN_FILES = 500

const MAX_CONFIG_BYTES = 262_144

/** What `git config --list -z` prints. */
export function parseSettings(output: Buffer): readonly GitSetting[] {
  return output.toString().split('\0').slice(0, -1).map(parseSetting)
}

/** `name`, a line break and the value; a name alone means true. */
function parseSetting(text: string): GitSetting {
  const cut = text.indexOf('\n')
  return cut < 0
    ? { name: text, value: 'true' }
    : { name: text.slice(0, cut), value: text.slice(cut + 1) }
}
