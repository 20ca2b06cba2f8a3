import type { Frame, Input, Size } from '../view/types.ts'
import { type Colors, detectColors } from './colors.ts'
import { createFrames } from './frame-scheduler.ts'
import { createDecoder } from './input.ts'
import { createScreenTree } from './screen-tree.ts'
import { BELL, copySequence, notifySequence } from './sequences.ts'
import { createSuspension } from './suspend.ts'
import { type Background, createQuestions } from './terminal-queries.ts'
import type { Toolkit } from './toolkit.ts'
import { openTty } from './tty.ts'

export interface TerminalOptions {
  readonly input: NodeJS.ReadStream
  readonly output: NodeJS.WriteStream
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly toolkit: Toolkit
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
  readonly colors: Colors
  /** What the terminal answered; null until it did. */
  readonly background: Background | null
  /** `now`: before the next event is handled. `soon`: within 17 ms, in one frame with what comes until then. */
  invalidate(when: 'now' | 'soon'): void
  /** Paints all anew, for when something else has written on the screen. */
  repaint(): void
  /** Leaves the screen and stops, as ctrl-z does; comes back when continued. */
  suspend(): void
  /** Gives the terminal to `work` (an editor), and takes it back after. */
  detach<T>(work: () => Promise<T>): Promise<T>
  /** Whether `work` has it. */
  readonly isDetached: boolean
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
  const colors = detectColors(environment)
  const questions = createQuestions()
  let size = sizeOf(output)
  const screen = createScreenTree({
    toolkit: options.toolkit,
    colors,
    size,
    onInput: options.onInput,
  })
  let isSettled = false
  let isDetached = false
  let isClosed = false

  const frames = createFrames((done) => {
    const bytes = screen.render(options.view())
    if (bytes === '') setImmediate(done)
    else tty.write(bytes, done)
    if (!isSettled) setImmediate(settle)
  })

  // After the first frame, as it takes longer than painting that.
  const settle = (): void => {
    if (isSettled || !tty.isTaken) return
    isSettled = true
    tty.guard()
  }

  const onReply = (reply: string): void => {
    questions.answer(reply)
    decoder.hasEscapeKey = questions.hasEscapeKey
    if (screen.joinsEmoji === questions.joinsEmoji) return
    screen.joinsEmoji = questions.joinsEmoji
    frames.invalidate('soon')
  }

  const decoder = createDecoder({
    emit(event) {
      if (event.type === 'reply') onReply(event.text)
      else screen.handle(event)
    },
    delay(milliseconds, run) {
      const timer = setTimeout(run, milliseconds)
      return () => clearTimeout(timer)
    },
  })

  const onResize = (): void => {
    size = sizeOf(output)
    screen.forget()
    screen.resize(size)
    frames.invalidate('soon')
  }

  const tty = openTty({
    input,
    output,
    mouse: options.mouse ?? true,
    onBytes: decoder.write,
    onResize,
    onStray: (text) => options.onStray?.(text),
    drain: questions.drain,
  })

  const enter = (): void => {
    if (isClosed || tty.isTaken) return
    questions.ask()
    tty.take()
    screen.forget()
    if (!isSameSize(size, sizeOf(output))) onResize()
    frames.resume()
    frames.invalidate('now')
  }

  const leave = (): void => {
    if (!tty.isTaken) return
    frames.pause()
    decoder.reset()
    tty.giveBack()
    isSettled = false
  }

  const suspension = createSuspension({ isOnScreen: () => tty.isTaken, leave, enter })
  const leaveForGood = (): void => {
    if (isClosed) return
    isClosed = true
    leave()
    suspension.close()
    screen.close()
    tty.close()
    process.off('exit', leaveForGood)
  }
  process.on('exit', leaveForGood)
  enter()

  return {
    get size() {
      return size
    },
    colors,
    get background() {
      return questions.background
    },
    invalidate: frames.invalidate,
    repaint() {
      screen.forget()
      frames.invalidate('now')
    },
    suspend: suspension.suspend,
    async detach(work) {
      leave()
      isDetached = true
      try {
        return await work()
      } finally {
        isDetached = false
        enter()
      }
    },
    get isDetached() {
      return isDetached
    },
    copy(text) {
      const sequence = copySequence(text, environment['TMUX'] !== undefined)
      if (sequence !== null) tty.write(sequence)
      return sequence !== null
    },
    bell: () => tty.write(BELL),
    notify: (text) => tty.write(notifySequence(text)),
    leave: leaveForGood,
  }
}

function sizeOf(output: NodeJS.WriteStream): Size {
  const [columns, rows] = output.getWindowSize?.() ?? [output.columns, output.rows]
  return { columns: columns || 80, rows: rows || 24 }
}

function isSameSize(left: Size, right: Size): boolean {
  return left.columns === right.columns && left.rows === right.rows
}
