import { messageOf } from '../../lib/util/user-error.ts'

/** The exit code of a bug of ours. */
export const BUG = 70

/** A bug of ours: all that helps to find it. */
export function reportCrash(thrown: unknown): void {
  const stack = thrown instanceof Error ? thrown.stack : undefined
  process.stderr.write(`letta: this is a bug of ours.\n${stack ?? messageOf(thrown)}\n`)
}
