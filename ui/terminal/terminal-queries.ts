import { readSync } from 'node:fs'
import { IMAGES_SHOWN } from './images.ts'

export type Background = 'dark' | 'light'

/** The queries that are sent when the screen is entered, and the replies received so far. */
interface TerminalQueries {
  /** Call this when the queries are written. */
  sent(): void
  /** Call this when only the background is queried again. */
  sentAgain(): void
  receive(reply: string): void
  /** Reads replies that have not arrived yet, so that they do not end up in the shell. */
  drain(input: NodeJS.ReadStream): void
  readonly hasEscapeKey: boolean
  readonly joinsEmoji: boolean
  readonly background: Background | null
  readonly showsImages: boolean
}

export function createTerminalQueries(): TerminalQueries {
  let isWaiting = false
  let hasEscapeKey = false
  let joinsEmoji = false
  let background: Background | null = null
  let showsImages = false

  return {
    sent() {
      isWaiting = true
      hasEscapeKey = false
    },
    sentAgain() {
      isWaiting = true
    },
    receive(reply) {
      const scheme = COLOR_SCHEME.exec(reply)?.[1]
      if (scheme !== undefined) background = scheme === '1' ? 'dark' : 'light'
      const flags = KITTY_FLAGS.exec(reply)?.[1]
      if (flags !== undefined) hasEscapeKey = (Number(flags) & 1) === 1
      const clustering = CLUSTERING.exec(reply)?.[1]
      if (clustering !== undefined) joinsEmoji = clustering === '1' || clustering === '3'
      const color = BACKGROUND.exec(reply)
      if (color !== null) background = brightnessOf(color.slice(1)) < 0.5 ? 'dark' : 'light'
      if (IMAGES_SHOWN.test(reply)) showsImages = true
      if (ATTRIBUTES.test(reply)) isWaiting = false
    },
    drain(input) {
      if (!isWaiting) return
      isWaiting = false
      readUntil(input, ATTRIBUTES)
    },
    get hasEscapeKey() {
      return hasEscapeKey
    },
    get joinsEmoji() {
      return joinsEmoji
    },
    get background() {
      return background
    },
    get showsImages() {
      return showsImages
    },
  }
}

const KITTY_FLAGS = /^\x1b\[\?(\d+)u$/
const CLUSTERING = /^\x1b\[\?2027;(\d)\$y$/
const BACKGROUND = /^\x1b\]11;rgba?:([\da-f]+)\/([\da-f]+)\/([\da-f]+)/i
/** Sent without a query when the terminal changes between dark (1) and light (2), after mode 2031 was set. */
const COLOR_SCHEME = /^\x1b\[\?997;([12])n$/
const ATTRIBUTES = /\x1b\[\?[\d;]*c/

function brightnessOf(components: readonly string[]): number {
  const [red = 0, green = 0, blue = 0] = components.map(
    (component) => Number.parseInt(component, 16) / (16 ** component.length - 1),
  )
  return 0.299 * red + 0.587 * green + 0.114 * blue
}

interface NodeInput {
  readonly fd?: number
  readonly _handle?: { setBlocking?(isBlocking: boolean): void }
}

const REPLY_TIMEOUT_MS = 150
const POLL_INTERVAL_MS = 5

function readUntil(input: NodeJS.ReadStream, last: RegExp): void {
  const { fd = 0, _handle: handle } = input as NodeInput
  // A blocking read could hang the program on exit.
  if (handle?.setBlocking === undefined) return
  handle.setBlocking(false)
  const bytes = Buffer.alloc(1024)
  let text = ''
  for (let waited = 0; waited < REPLY_TIMEOUT_MS && !last.test(text); waited += POLL_INTERVAL_MS) {
    try {
      text += bytes.toString('latin1', 0, readSync(fd, bytes))
    } catch {
      // No input yet, or the terminal is gone. The timeout ends the loop in both cases.
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, POLL_INTERVAL_MS)
    }
  }
}
