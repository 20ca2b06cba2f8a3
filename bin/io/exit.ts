import { isatty } from 'node:tty'

/**
 * Ends the process. When a terminal of the process is gone, Node aborts with a core file because it cannot restore it; the
 * process then ends by SIGHUP, as a hangup does.
 */
export function exit(code: number): void {
  const streams = [process.stdin, process.stdout, process.stderr]
  // A read can fail shortly before the kernel reports the hangup to isatty.
  const isTerminalGone = streams.some(
    ({ isTTY, fd, errored }) => isTTY === true && (errored !== null || !isatty(fd)),
  )
  if (!isTerminalGone) process.exit(code)
  process.removeAllListeners('SIGHUP')
  process.kill(process.pid, 'SIGHUP')
}
