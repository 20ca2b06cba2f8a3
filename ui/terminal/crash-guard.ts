import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { closeSync, openSync } from 'node:fs'
import { LEAVE_SEQUENCE } from './sequences.ts'

/** Restores the terminal when the program no longer can: killed by SIGKILL, or out of memory. */
interface Guard {
  watch(): void
  /** To be called when the terminal is restored by other means. */
  release(): void
}

/**
 * A shell that waits for the end of a pipe whose other end dies with us. It has a session of its own, so that neither
 * ctrl-c nor a hangup ends it first, and it is killed, not told, on release: nothing told would be read in time.
 * To be created before the terminal's settings are changed, as it notes them.
 */
export function createGuard(): Guard {
  const settings = readSettings()
  let child: ChildProcess | null = null
  return {
    watch() {
      const terminal = child === null && settings !== null ? openControllingTerminal() : null
      if (terminal === null) return
      child = spawn('/bin/sh', ['-c', SCRIPT, 'sh', settings ?? '', LEAVE_SEQUENCE, WORDS], {
        stdio: ['pipe', terminal, 'ignore'],
        detached: true,
      })
      closeSync(terminal)
      // Without a shell there is no guard, and nothing else is wrong.
      child.on('error', () => {
        child = null
      })
      letGo(child)
    },
    release() {
      child?.kill('SIGKILL')
      child = null
    },
  }
}

const SCRIPT = 'read line; stty "$1" <&1; printf "%s%s\\n" "$2" "$3"'

/** Whatever the system has said of it went to the screen that is left. */
const WORDS =
  'letta: It was killed, or its memory was used up. What was said is kept: letta goes on with it.'

function readSettings(): string | null {
  const { stdout, status } = spawnSync('stty', ['-g'], { stdio: ['inherit', 'pipe', 'ignore'] })
  return status === 0 ? stdout.toString().trim() : null
}

/** Opened anew: a child makes the descriptors it inherits block, and with them those that share their description. */
function openControllingTerminal(): number | null {
  try {
    return openSync('/dev/tty', 'r+')
  } catch {
    // There is none, as for a program without a session's terminal: nothing to guard.
    return null
  }
}

/** The program does not run on for it. */
function letGo(child: ChildProcess): void {
  child.unref()
  const { stdin } = child
  if (stdin !== null && 'unref' in stdin && typeof stdin.unref === 'function') stdin.unref()
}
