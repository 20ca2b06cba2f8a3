import type { Frame, Input, Part, Size } from '../frame.ts'
import { type Colours, detectColours } from './colours.ts'
import { createFrames } from './frames.ts'
import { createGuard } from './guard.ts'
import { createDecoder, type Reply } from './input.ts'
import { type Background, createQuestions } from './questions.ts'
import { createPainter } from './screen.ts'
import {
  BELL,
  copySequence,
  enterSequence,
  LEAVE_SEQUENCE,
  notifySequence,
  QUERIES,
} from './sequences.ts'
import { createSink } from './sink.ts'
import { createStray } from './stray.ts'
import { createSuspension } from './suspension.ts'
import { createHost, type Host, type ToolkitName } from './toolkit.ts'

export interface TerminalOptions {
  readonly input: NodeJS.ReadStream
  readonly output: NodeJS.WriteStream
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly toolkit: ToolkitName
  /** What to show; called when a frame is due. */
  view(): Frame
  /** Keys, text, mouse, and changes of size. */
  onInput(input: Input): void
  readonly mouse?: boolean
  /** What others printed while the screen was up. It is printed after leaving, too. */
  onStray?(text: string): void
}

export interface Terminal {
  readonly size: Size
  readonly colours: Colours
  /** What the terminal answered; null until it did. */
  readonly background: Background | null
  /** `now`: before the next event is handled. `soon`: at most one frame in 16 ms. */
  invalidate(when: 'now' | 'soon'): void
  /** Tells the toolkit which part has the focus. */
  focusPart(id: string): void
  /** Leaves the screen and stops, as ctrl-z does; comes back when continued. */
  suspend(): void
  /** Gives the terminal to `work` (an editor), and takes it back after. */
  detach<T>(work: () => Promise<T>): Promise<T>
  /** Puts text on the clipboard; false when it is too much. */
  copy(text: string): boolean
  bell(): void
  notify(text: string): void
  /** Gives the terminal back as it was, at once. */
  leave(): void
}

/** Takes the terminal and paints the first frame. */
export function openTerminal(options: TerminalOptions): Terminal {
  const { input, output, environment } = options
  const colours = detectColours(environment)
  const painter = createPainter({ colours })
  const stray = createStray((text) => options.onStray?.(text))
  const questions = createQuestions()
  // Most terminals send the signal themselves when they go; this makes it one way out for all.
  const onGone = (): void => {
    process.kill(process.pid, 'SIGHUP')
  }
  const sink = createSink(output, onGone)
  const guard = createGuard()
  let size = sizeOf(output)
  let at: 'screen' | 'away' | 'closed' = 'away'
  let host: Host | null = null
  let isSettled = false
  let parts: readonly Part[] = []
  let focus: string | null = null

  const frames = createFrames((done) => {
    const frame = options.view()
    const bytes = painter.paint(frame)
    if (bytes === '') setImmediate(done)
    else sink.write(bytes, done)
    if (!isSettled) setImmediate(settle)
    if (isSameArrangement(frame.parts, parts)) return
    parts = frame.parts
    arrange()
  })

  // After the first frame, as each takes longer than painting that.
  const settle = (): void => {
    if (isSettled || at !== 'screen') return
    isSettled = true
    guard.watch()
    host ??= createHost(options.toolkit)
    arrange()
  }

  const arrange = (): void => {
    host?.arrange(size, parts)
    if (focus !== null) host?.focus(focus)
  }

  const onEvent = (event: Input | Reply): void => {
    if (event.type === 'reply') {
      questions.answer(event.text)
      decoder.hasEscapeKey = questions.hasEscapeKey
      if (painter.joinsEmoji !== questions.joinsEmoji) {
        painter.joinsEmoji = questions.joinsEmoji
        frames.invalidate('soon')
      }
    } else if (event.type === 'mouse')
      options.onInput({ ...event, part: host?.partAt(event.x, event.y) ?? null })
    else options.onInput(event)
  }

  const decoder = createDecoder({
    emit: onEvent,
    delay(milliseconds, run) {
      const timer = setTimeout(run, milliseconds)
      return () => clearTimeout(timer)
    },
  })
  const onData = (bytes: Buffer): void => decoder.write(bytes)

  const onResize = (): void => {
    size = sizeOf(output)
    painter.forget()
    arrange()
    options.onInput({ type: 'resize', size })
    frames.invalidate('soon')
  }

  const enterScreen = (): void => {
    if (at !== 'away') return
    at = 'screen'
    stray.capture()
    input.setRawMode(true)
    input.on('data', onData)
    input.resume()
    sink.open()
    questions.ask()
    sink.write(enterSequence({ mouse: options.mouse ?? true }) + QUERIES)
    painter.forget()
    const now = sizeOf(output)
    if (now.columns !== size.columns || now.rows !== size.rows) onResize()
    frames.resume()
    frames.invalidate('now')
  }

  const leaveScreen = (): void => {
    if (at !== 'screen') return
    at = 'away'
    frames.pause()
    input.off('data', onData)
    decoder.reset()
    decoder.hasEscapeKey = false
    sink.write(LEAVE_SEQUENCE)
    sink.flush()
    sink.close()
    guard.release()
    isSettled = false
    questions.drain(input)
    input.setRawMode(false)
    input.pause()
    stray.release()
  }

  const suspension = createSuspension({
    isOnScreen: () => at === 'screen',
    leave: leaveScreen,
    enter: enterScreen,
  })

  input.on('error', onGone)
  input.on('end', onGone)
  output.on('resize', onResize)
  enterScreen()

  return {
    get size() {
      return size
    },
    colours,
    get background() {
      return questions.background
    },
    invalidate: frames.invalidate,
    focusPart(id) {
      focus = id
      host?.focus(id)
    },
    suspend: suspension.suspend,
    async detach(work) {
      leaveScreen()
      try {
        return await work()
      } finally {
        enterScreen()
      }
    },
    copy(text) {
      const sequence = copySequence(text, environment['TMUX'] !== undefined)
      if (sequence !== null && at === 'screen') sink.write(sequence)
      return sequence !== null
    },
    bell() {
      if (at === 'screen') sink.write(BELL)
    },
    notify(text) {
      if (at === 'screen') sink.write(notifySequence(text))
    },
    leave() {
      if (at === 'closed') return
      leaveScreen()
      at = 'closed'
      suspension.close()
      output.off('resize', onResize)
      input.off('error', onGone)
      input.off('end', onGone)
      host?.close()
      const text = stray.take()
      if (text !== '') process.stderr.write(text)
    },
  }
}

function sizeOf(output: NodeJS.WriteStream): Size {
  const [columns, rows] = output.getWindowSize?.() ?? [output.columns, output.rows]
  return { columns: columns || 80, rows: rows || 24 }
}

function isSameArrangement(parts: readonly Part[], before: readonly Part[]): boolean {
  if (parts.length !== before.length) return false
  return parts.every(({ id, rect }, index) => {
    const other = before[index]
    return (
      other?.id === id &&
      other.rect.x === rect.x &&
      other.rect.y === rect.y &&
      other.rect.columns === rect.columns &&
      other.rect.rows === rect.rows
    )
  })
}
