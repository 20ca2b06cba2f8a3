import { messageOf } from '../../lib/util/user-error.ts'
import manifest from '../../package.json' with { type: 'json' }
import { internalError } from '../messages.ts'

/** Prints an internal error with its stack. */
export function reportCrash(thrown: unknown): void {
  const stack = thrown instanceof Error ? thrown.stack : undefined
  const { platform, arch, version } = process
  const program = `letta ${manifest.version}, ${platform} ${arch}, Node ${version}`
  process.stderr.write(internalError(stack ?? messageOf(thrown), program))
}
