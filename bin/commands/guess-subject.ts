import type { PermissionSubject } from '../../lib/permissions/types.ts'
import { absolutePath } from '../../lib/tools/files/paths.ts'
import type { Workspace } from '../../lib/tools/workspace.ts'

/**
 * The subject of arguments that no tool accepts: other names for a file, a patch, a command as a list. Used to find
 * what a rule denies; such a call is not run.
 */
export function inferPermissionSubject(
  args: unknown,
  isCommand: boolean,
  place: Workspace,
): PermissionSubject {
  const given = typeof args === 'object' && args !== null ? Object.entries(args) : []
  if (isCommand) {
    const [command] = given.flatMap(([name, value]) =>
      /^(command|cmd|script)$/i.test(name) ? commandIn(value) : [],
    )
    return command === undefined ? { type: 'nothing' } : { type: 'command', command }
  }
  const paths = given.flatMap(([name, value]) =>
    typeof value !== 'string' ? [] : FILE.test(name) ? [value] : patchedFiles(value),
  )
  if (paths.length === 0) return { type: 'nothing' }
  return { type: 'paths', paths: paths.map((one) => absolutePath(one, place)) }
}

const FILE = /path$|^(file|target_file|filename|dir|directory|dir_path|folder)$/i

function patchedFiles(text: string): readonly string[] {
  const heads = text.matchAll(/^\*\*\* (?:(?:Add|Update|Delete) File|Move to): (.+)$/gm)
  return Array.from(heads, ([, file = '']) => file.trim())
}

/** `["bash", "-lc", "npm test"]` with each word quoted. */
function commandIn(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value]
  if (!Array.isArray(value) || value.length === 0) return []
  if (!value.every((one) => typeof one === 'string')) return []
  return [value.map((one) => `'${one.replaceAll("'", `'\\''`)}'`).join(' ')]
}
