import { messageOf } from '../../lib/util/user-error.ts'
import manifest from '../../package.json' with { type: 'json' }
import { internalError } from '../messages.ts'
import { safeOutput } from './safe-output.ts'

/** Prints an internal error with its stack. */
export function reportCrash(thrown: unknown): void {
  const stack = thrown instanceof Error ? thrown.stack : undefined
  const { platform, arch, version } = process
  const program = `letta ${manifest.version}, ${platform} ${arch}, Node ${version}`
  safeOutput(process.stderr).write(internalError(stack ?? messageOf(thrown), program))
}
