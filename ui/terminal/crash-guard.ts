import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { closeSync, openSync } from 'node:fs'
import { PROGRAM_KILLED } from './messages.ts'
import { LEAVE_SEQUENCE } from './sequences.ts'

/** Restores the terminal when the program cannot: killed by SIGKILL, or out of memory. */
interface CrashGuard {
  /** Starts the guard process, unless it runs or there is no terminal. */
  start(): void
  /** Call this once the terminal has been restored by other means. */
  release(): void
}

/**
 * The guard is a shell that reads a pipe from this process: the read ends when this process dies. The shell runs in a
 * separate session, so that neither Ctrl+C nor a hangup ends it first. On release it is killed, as a message on the pipe
 * would not be read in time. Create the guard before the terminal's settings change, as it saves them.
 */
export function createCrashGuard(): CrashGuard {
  const settings = readSettings()
  let child: ChildProcess | null = null
  return {
    start() {
      const terminal = child === null && settings !== null ? openControllingTerminal() : null
      if (terminal === null) return
      child = spawn(
        '/bin/sh',
        ['-c', SCRIPT, 'sh', settings ?? '', LEAVE_SEQUENCE, PROGRAM_KILLED],
        {
          stdio: ['pipe', terminal, 'ignore'],
          detached: true,
        },
      )
      closeSync(terminal)
      // Without a shell there is no guard; the program works all the same.
      child.on('error', () => {
        child = null
      })
      unrefChild(child)
    },
    release() {
      child?.kill('SIGKILL')
      child = null
    },
  }
}

const SCRIPT = 'read line; stty "$1" <&1; printf "%s%s\\n" "$2" "$3"'

function readSettings(): string | null {
  const { stdout, status } = spawnSync('stty', ['-g'], { stdio: ['inherit', 'pipe', 'ignore'] })
  return status === 0 ? stdout.toString().trim() : null
}

/**
 * A second open of the terminal: a child makes the descriptors that it inherits blocking, and with them all that share
 * their open file description.
 */
function openControllingTerminal(): number | null {
  try {
    return openSync('/dev/tty', 'r+')
  } catch {
    // The process has no controlling terminal, so there is nothing to restore.
    return null
  }
}

/** Lets the program end while the child runs. */
function unrefChild(child: ChildProcess): void {
  child.unref()
  const { stdin } = child
  if (stdin !== null && 'unref' in stdin && typeof stdin.unref === 'function') stdin.unref()
}
