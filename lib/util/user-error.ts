import { spellOut } from './invisible-characters.ts'

/**
 * The hierarchy of errors that a person sees without a stack:
 *
 * - `UserError`: something the user can act on. Exit code 1.
 *   - `UsageError`: wrong use of the command line. Exit code 2.
 *   - `PromptCancelledError`: Ctrl+C instead of an answer to a question on the terminal. Exit code 130.
 *   - subclasses next to the code that throws them, where a caller has to distinguish them.
 *
 * Every other error that reaches `main` is an internal error: it is printed with its stack, exit code 70. The embedded server
 * answers with `HttpError` (lib/server/errors.ts), whose message is for the client.
 *
 * Each class sets its `name`: the build shortens the names of classes.
 */

/** What failed, with the value in question and the reason; the hint says what to do about it. */
export class UserError extends Error {
  override readonly name: string = 'UserError'
  readonly hint: string | undefined

  constructor(message: string, options: { hint?: string; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.hint = options.hint
  }
}

/** A message, and what the user can do about it. */
export interface MessageWithHint {
  readonly message: string
  readonly hint: string
}

export function createUserError({ message, hint }: MessageWithHint, cause?: unknown): UserError {
  return new UserError(message, { hint, cause })
}

/** Wrong use of the command line. The message is one line. */
export class UsageError extends UserError {
  override readonly name = 'UsageError'
}

/** Ctrl+C instead of an answer to a question on the terminal. */
export class PromptCancelledError extends UserError {
  override readonly name = 'PromptCancelledError'
}

/** The message of anything thrown, for a person. Those of the system contain paths as they are. */
export function messageOf(thrown: unknown): string {
  if (!(thrown instanceof Error)) return String(thrown)
  return 'syscall' in thrown ? spellOut(thrown.message) : thrown.message
}

/** For work of which a failure need not be reported; an internal error still is. */
export function ignoreUserError(thrown: unknown): null {
  if (thrown instanceof UserError) return null
  throw thrown
}
