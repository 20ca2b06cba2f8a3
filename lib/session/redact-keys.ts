import { areReadable } from '../permissions/paths/are-readable.ts'
import type { PermissionSubject, ProjectBounds } from '../permissions/types.ts'
import { isOwnKey } from '../tools/process/environment.ts'
import type { ToolAnswer } from '../tools/tool.ts'
import { createTextRedactor } from '../util/redact.ts'

type KeyVariables = Readonly<Record<string, string | undefined>>

/** Shorter values also occur in other texts by chance. */
const MIN_KEY_LENGTH = 8

/**
 * Removes letta's own keys from the result of a tool: a command can print the settings or the environment that contain them.
 * Files of the project are returned unchanged, because an edit must match what was read.
 */
export async function redactKeys(
  answer: ToolAnswer,
  subject: PermissionSubject,
  { bounds, environment }: { readonly bounds: ProjectBounds; readonly environment: KeyVariables },
): Promise<ToolAnswer> {
  // The directory of letta's settings is never readable without approval.
  if (subject.type === 'paths' && (await areReadable(subject.paths, bounds))) return answer
  const keys = Object.entries(environment).flatMap(([name, value]) =>
    isOwnKey(name) && value !== undefined && value.length >= MIN_KEY_LENGTH ? [value] : [],
  )
  const clean = createTextRedactor(keys, 'none')
  const { text, stdout, stderr } = answer
  return {
    ...answer,
    text: clean(text),
    ...(stdout === undefined ? {} : { stdout: stdout.map(clean) }),
    ...(stderr === undefined ? {} : { stderr: stderr.map(clean) }),
  }
}
