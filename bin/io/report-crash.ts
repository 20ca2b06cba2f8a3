import { messageOf } from '../../lib/util/user-error.ts'
import { internalError } from '../messages.ts'

/** Prints an internal error with its stack. */
export function reportCrash(thrown: unknown): void {
  const stack = thrown instanceof Error ? thrown.stack : undefined
  process.stderr.write(internalError(stack ?? messageOf(thrown)))
}
