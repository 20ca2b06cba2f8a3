import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process'
import { once } from 'node:events'

/**
 * Starts a program. Rejects when the system cannot start it: no such file or directory, no free descriptor or process. Such a
 * process has no pipes, and an error of it without a listener would end letta.
 */
export async function startChild(
  file: string,
  args: readonly string[],
  options: SpawnOptions,
): Promise<ChildProcess & { readonly pid: number }> {
  const child = spawn(file, args, options)
  // Errors after the start are those of a signal that cannot be sent.
  child.on('error', () => undefined)
  if (!isStarted(child)) {
    const [reason] = await once(child, 'error').catch((thrown: unknown) => [thrown])
    throw reason
  }
  return child
}

function isStarted(child: ChildProcess): child is ChildProcess & { readonly pid: number } {
  return child.pid !== undefined
}
