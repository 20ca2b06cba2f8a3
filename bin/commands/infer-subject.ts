import { absolutePath } from '../../lib/fs/absolute-path.ts'
import type { PermissionSubject } from '../../lib/permissions/types.ts'
import type { Workspace } from '../../lib/tools/workspace.ts'

/**
 * The files or the command that the arguments of an unknown tool name: by other names of arguments, in a patch, or as a list of
 * words. It only serves to find the deny rules that apply; such a call never runs.
 */
export function inferPermissionSubject(
  args: unknown,
  isCommand: boolean,
  workspace: Workspace,
): PermissionSubject {
  const entries = typeof args === 'object' && args !== null ? Object.entries(args) : []
  if (isCommand) {
    const [command] = entries.flatMap(([name, value]) =>
      /^(command|cmd|script)$/i.test(name) ? readCommand(value) : [],
    )
    return command === undefined ? { type: 'nothing' } : { type: 'command', command }
  }
  const paths = entries.flatMap(([name, value]) =>
    typeof value !== 'string' ? [] : FILE_ARGUMENT.test(name) ? [value] : filesOfPatch(value),
  )
  if (paths.length === 0) return { type: 'nothing' }
  return { type: 'paths', paths: paths.map((one) => absolutePath(one, workspace)) }
}

const FILE_ARGUMENT = /path$|^(file|target_file|filename|dir|directory|dir_path|folder)$/i

function filesOfPatch(text: string): readonly string[] {
  const heads = text.matchAll(/^\*\*\* (?:(?:Add|Update|Delete) File|Move to): (.+)$/gm)
  return Array.from(heads, ([, file = '']) => file.trim())
}

/** A command as text, or as a list such as `["bash", "-lc", "npm test"]`, whose words are quoted. */
function readCommand(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value]
  if (!Array.isArray(value) || value.length === 0) return []
  if (!value.every((one) => typeof one === 'string')) return []
  return [value.map((one) => `'${one.replaceAll("'", `'\\''`)}'`).join(' ')]
}
