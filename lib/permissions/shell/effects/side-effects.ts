import { decidePaths, type PolicyContext } from '../../decide-path.ts'
import { plainValue, type ShellWord } from '../parse/word.ts'
import { isHarmlessAssignment } from '../tables/env-variables.ts'
import { isDescriptor, isText, type SimpleCommand } from '../types.ts'
import { filesOf, type ReadPolicy } from './read-access.ts'

/** What no rule on a program grants: other folders, environments, files behind redirections; null when it needs none. */
export function whyOutside(
  { folders, assignments, redirections, words }: SimpleCommand,
  place: PolicyContext,
  reading: ReadPolicy,
): string | null {
  if (folders === null) return 'Where it would run is known only when it runs.'
  if (!folders.every((folder) => reading.mayRead(folder)))
    return 'It would run outside the project.'
  if (!assignments.every((one) => isHarmlessAssignment(one, words.length > 0))) {
    return 'The variables it sets can change what runs.'
  }
  for (const { operator, target } of redirections) {
    if (isText({ operator, target }) || isDescriptor({ operator, target })) continue
    const access = operator === '<' ? 'Read' : 'Write'
    if (target === null || !mayRedirect({ access, target }, folders, place, reading)) {
      return access === 'Read'
        ? 'It reads from a file that may not be read unasked.'
        : 'It writes to a file.'
    }
  }
  return null
}

function mayRedirect(
  { access, target }: { readonly access: 'Read' | 'Write'; readonly target: ShellWord },
  folders: readonly string[],
  place: PolicyContext,
  reading: ReadPolicy,
): boolean {
  if (SINKS.has(plainValue(target) ?? '')) return true
  if (!target.isCertain || target.glob !== null) return false
  return folders.every((folder) =>
    filesOf(target, folder)?.every((file) => {
      if (access === 'Read') return reading.mayRead(file)
      const asked = { ...place, mode: 'default' as const }
      return (
        decidePaths(asked, { tool: 'Write', access: 'write', paths: [file] }).decision === 'allow'
      )
    }),
  )
}

const SINKS = new Set(['/dev/null', '/dev/stdout', '/dev/stderr', '/dev/stdin'])
