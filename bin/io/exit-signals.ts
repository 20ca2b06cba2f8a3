import { isatty } from 'node:tty'

/** Ends the process. Node aborts, with a core file, when it cannot give back a terminal that is gone: then as a hangup does. */
export function end(code: number): void {
  const streams = [process.stdin, process.stdout, process.stderr]
  const isGone = streams.some(({ isTTY, fd }) => isTTY === true && !isatty(fd))
  if (!isGone) process.exit(code)
  process.removeAllListeners('SIGHUP')
  process.kill(process.pid, 'SIGHUP')
}
