import { resolvePath } from '../../fs/resolve-path.ts'
import { UserError } from '../../util/user-error.ts'
import { SYMLINK_CHANGED } from '../messages/calls.ts'
import type { ToolContext } from '../tool.ts'

/** The real path of a file or directory, which the call must have been judged with. */
export async function judgedPath(path: string, context: ToolContext): Promise<string> {
  const real = await resolvePath(path)
  requireJudged(real, context)
  return real
}

/** Throws a `UserError` when the call was judged with other real paths: a link has changed since. */
export function requireJudged(real: string, { judged }: Pick<ToolContext, 'judged'>): void {
  if (judged?.includes(real) === false) throw new UserError(SYMLINK_CHANGED)
}
