import { createCrashGuard } from './crash-guard.ts'
import { enterSequence, LEAVE_SEQUENCE, QUERIES } from './sequences.ts'
import { captureStdout } from './stdout-capture.ts'
import { createTtyWriter } from './tty-writer.ts'

interface TtyOptions {
  readonly input: NodeJS.ReadStream
  readonly output: NodeJS.WriteStream
  /** Whether the terminal reports the mouse. */
  mouse(): boolean
  onBytes(bytes: Uint8Array): void
  onResize(): void
  onCapturedOutput(text: string): void
  /** Reads replies to `QUERIES` that have not arrived yet. */
  drain(input: NodeJS.ReadStream): void
}

/** The two streams of a terminal, which the program has while it is acquired. */
interface Tty {
  readonly isAcquired: boolean
  acquire(): void
  /** Restores the previous state of the terminal at once. */
  restore(): void
  write(text: string, done?: () => void): void
  /** Starts the crash guard, which restores the terminal if the program is killed. */
  startGuard(): void
  /** Removes the listeners and prints the captured output. Call this after `restore`; it is final. */
  close(): void
}

/** Call this before anything changes the terminal's settings. */
export function openTty(options: TtyOptions): Tty {
  const { input, output } = options
  // Most terminals cause a hangup signal when they close. For the others it is sent here, so that one handler covers all.
  const onGone = (): void => {
    process.kill(process.pid, 'SIGHUP')
  }
  const guard = createCrashGuard()
  const writer = createTtyWriter(output, onGone)
  const capture = captureStdout(options.onCapturedOutput)
  let isAcquired = false

  input.on('error', onGone)
  input.on('end', onGone)
  output.on('resize', options.onResize)

  return {
    get isAcquired() {
      return isAcquired
    },
    acquire() {
      isAcquired = true
      capture.capture()
      input.setRawMode(true)
      input.on('data', options.onBytes)
      input.resume()
      writer.open()
      writer.write(enterSequence({ mouse: options.mouse() }) + QUERIES)
    },
    restore() {
      isAcquired = false
      input.off('data', options.onBytes)
      writer.write(LEAVE_SEQUENCE)
      writer.flush()
      writer.close()
      guard.release()
      options.drain(input)
      input.setRawMode(false)
      input.pause()
      capture.release()
    },
    write(text, done) {
      if (isAcquired) writer.write(text, done)
    },
    startGuard: guard.start,
    close() {
      input.off('error', onGone)
      input.off('end', onGone)
      output.off('resize', options.onResize)
      const text = capture.take()
      if (text !== '') process.stderr.write(text)
    },
  }
}
