import { createGuard } from './crash-guard.ts'
import { enterSequence, LEAVE_SEQUENCE, QUERIES } from './sequences.ts'
import { captureStdout } from './stdout-capture.ts'
import { createSink } from './tty-writer.ts'

interface TtyOptions {
  readonly input: NodeJS.ReadStream
  readonly output: NodeJS.WriteStream
  readonly mouse: boolean
  onBytes(bytes: Uint8Array): void
  onResize(): void
  onStray(text: string): void
  /** Takes answers to `QUERIES` that are under way. */
  drain(input: NodeJS.ReadStream): void
}

/** The two streams of a terminal, and who has them: the program, or whoever had them before. */
interface Tty {
  readonly isTaken: boolean
  take(): void
  /** Gives the terminal back as it was, at once. */
  giveBack(): void
  write(text: string, done?: () => void): void
  /** From now on the program is watched: if it is killed, the terminal is given back for it. */
  guard(): void
  /** After `giveBack`, for good. */
  close(): void
}

/** To be opened before anything changes the terminal's settings. */
export function openTty(options: TtyOptions): Tty {
  const { input, output } = options
  // Most terminals send the signal themselves when they go; this makes it one way out for all.
  const onGone = (): void => {
    process.kill(process.pid, 'SIGHUP')
  }
  const guard = createGuard()
  const sink = createSink(output, onGone)
  const stray = captureStdout(options.onStray)
  let isTaken = false

  input.on('error', onGone)
  input.on('end', onGone)
  output.on('resize', options.onResize)

  return {
    get isTaken() {
      return isTaken
    },
    take() {
      isTaken = true
      stray.capture()
      input.setRawMode(true)
      input.on('data', options.onBytes)
      input.resume()
      sink.open()
      sink.write(enterSequence({ mouse: options.mouse }) + QUERIES)
    },
    giveBack() {
      isTaken = false
      input.off('data', options.onBytes)
      sink.write(LEAVE_SEQUENCE)
      sink.flush()
      sink.close()
      guard.release()
      options.drain(input)
      input.setRawMode(false)
      input.pause()
      stray.release()
    },
    write(text, done) {
      if (isTaken) sink.write(text, done)
    },
    guard: guard.watch,
    close() {
      input.off('error', onGone)
      input.off('end', onGone)
      output.off('resize', options.onResize)
      const text = stray.take()
      if (text !== '') process.stderr.write(text)
    },
  }
}
