import { decidePaths, type PolicyContext } from '../../decide-path.ts'
import { sideEffects } from '../../messages.ts'
import { plainValue, type ShellWord } from '../parse/word.ts'
import { isHarmlessAssignment } from '../tables/env-variables.ts'
import { isDescriptorCopy, isInlineText, type SimpleCommand } from '../types.ts'
import { pathsOf, type ReadPolicy } from './read-access.ts'

/** Why a command needs more than a rule on its program: another directory, variables, redirected files; null otherwise. */
export function whySideEffects(
  { directories, assignments, redirections, words }: SimpleCommand,
  context: PolicyContext,
  readPolicy: ReadPolicy,
): string | null {
  if (directories === null) return sideEffects.unknownDirectory
  if (!directories.every((directory) => readPolicy.mayRead(directory)))
    return sideEffects.runsOutside
  if (!assignments.every((one) => isHarmlessAssignment(one, words.length > 0))) {
    return sideEffects.setsLookupVariables
  }
  for (const { operator, target } of redirections) {
    if (isInlineText({ operator, target }) || isDescriptorCopy({ operator, target })) continue
    const access = operator === '<' ? 'Read' : 'Write'
    if (target === null || !mayRedirect({ access, target }, directories, context, readPolicy)) {
      return access === 'Read' ? sideEffects.readsProtectedFile : sideEffects.writesFile
    }
  }
  return null
}

function mayRedirect(
  { access, target }: { readonly access: 'Read' | 'Write'; readonly target: ShellWord },
  directories: readonly string[],
  context: PolicyContext,
  readPolicy: ReadPolicy,
): boolean {
  const harmless = access === 'Read' ? HARMLESS_SOURCES : HARMLESS_TARGETS
  if (harmless.has(plainValue(target) ?? '')) return true
  if (!target.isCertain || target.glob !== null) return false
  return directories.every((directory) =>
    pathsOf(target, directory, readPolicy.view)?.every((file) => {
      if (access === 'Read') return readPolicy.mayRead(file)
      const asDefault = { ...context, mode: 'default' as const }
      return (
        decidePaths(asDefault, { tool: 'Write', access: 'write', paths: [file] }).decision ===
        'allow'
      )
    }),
  )
}

const HARMLESS_TARGETS = new Set(['/dev/null', '/dev/stdout', '/dev/stderr'])

/** What else is open for reading is not known: the output can be a file. */
const HARMLESS_SOURCES = new Set(['/dev/null', '/dev/stdin'])
