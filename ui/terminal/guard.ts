import { type ChildProcess, spawn } from 'node:child_process'
import { LEAVE_SEQUENCE } from './sequences.ts'

/** Restores the terminal when the program no longer can: killed by SIGKILL, or out of memory. */
export interface Guard {
  watch(): void
  /** To be called when the terminal is restored by other means. */
  release(): void
}

/**
 * A shell that waits for the end of a pipe whose other end dies with us. It has a session of its own, so that neither
 * ctrl-c nor a hangup ends it first, and it is killed, not told, on release: nothing told would be read in time.
 */
export function createGuard(output: NodeJS.WriteStream): Guard {
  const { fd: descriptor = 1 } = output as { fd?: number }
  let child: ChildProcess | null = null
  return {
    watch() {
      if (child !== null || process.platform === 'win32') return
      child = spawn('/bin/sh', ['-c', SCRIPT, 'sh', LEAVE_SEQUENCE], {
        stdio: ['pipe', descriptor, 'ignore'],
        detached: true,
      })
      // Without a shell there is no guard, and nothing else is wrong.
      child.on('error', () => {
        child = null
      })
      child.unref()
      const { stdin } = child
      if (stdin !== null && 'unref' in stdin && typeof stdin.unref === 'function') stdin.unref()
    },
    release() {
      child?.kill('SIGKILL')
      child = null
    },
  }
}

// Undoes what node's raw mode does to the usual settings.
const SCRIPT = `read line; stty icrnl ixon isig icanon iexten echo <&1; printf %s "$1"`
