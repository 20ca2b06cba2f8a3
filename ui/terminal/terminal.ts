import type { Frame, Input, Size } from '../view/types.ts'
import { type Colors, detectColors } from './colors.ts'
import { createFrameScheduler, type FrameTime } from './frame-scheduler.ts'
import {
  IMAGE_QUERY,
  imageSequence,
  mayShowImages,
  removeSequence,
  type TerminalImage,
} from './images.ts'
import { createInputDecoder } from './input.ts'
import { createScreenTree } from './screen-tree.ts'
import {
  BACKGROUND_QUERY,
  BELL,
  copySequence,
  mouseSequence,
  notificationStyle,
  notifySequence,
} from './sequences.ts'
import { createSuspension } from './suspend.ts'
import { type Background, createTerminalQueries } from './terminal-queries.ts'
import type { Toolkit } from './toolkit.ts'
import { openTty } from './tty.ts'

export interface TerminalOptions {
  readonly input: NodeJS.ReadStream
  readonly output: NodeJS.WriteStream
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly toolkit: Toolkit
  /** The frame to show; called when a frame is due. */
  view(): Frame
  /** Keys, text, mouse, and changes of size. */
  onInput(input: Input): void
  readonly mouse?: boolean
  /** False: no image is shown, and the terminal is not asked whether it can. */
  readonly images?: boolean
  /** The terminal has reported its background. */
  onBackground?(background: Background): void
  /** Output of other code while the screen is shown. It is also printed after the screen is left. */
  onCapturedOutput?(text: string): void
}

export interface Terminal {
  readonly size: Size
  readonly colors: Colors
  /** As reported by the terminal; null until then. */
  readonly background: Background | null
  /** `now`: before the next event is handled. `soon`: within 32 ms, in one frame with the changes until then. `later`: within 40. */
  invalidate(when: FrameTime): void
  /** Redraws the screen, after another program has written on it. */
  repaint(): void
  /** Leaves the screen and stops the process, as Ctrl+Z does; enters the screen again when continued. */
  suspend(): void
  /** Hands the terminal to `work` (an editor), and enters the screen again afterwards. */
  detach<T>(work: () => Promise<T>): Promise<T>
  /** Whether `work` has the terminal. */
  readonly isDetached: boolean
  /** Turns reports of the mouse on or off. */
  setMouse(on: boolean): void
  /** Copies text to the clipboard; false when the text is too long. */
  copy(text: string): boolean
  bell(): void
  /** Shows a notification where the terminal is known to have them. */
  notify(text: string): void
  /** Whether the terminal has reported that it shows images. */
  readonly showsImages: boolean
  /** Sends the image, which cells then show, in place of the one before; null removes it. */
  showImage(image: TerminalImage | null): void
  /** Restores the terminal at once and permanently. */
  leave(): void
}

/** Acquires the terminal and paints the first frame. */
export function openTerminal(options: TerminalOptions): Terminal {
  const { input, output, environment } = options
  const colors = detectColors(environment)
  const queries = createTerminalQueries()
  let size = sizeOf(output)
  const screen = createScreenTree({
    toolkit: options.toolkit,
    colors,
    size,
    onInput: options.onInput,
  })
  let isGuarded = false
  let isDetached = false
  let isClosed = false
  let hasMouse = options.mouse ?? true
  const asksForImages = (options.images ?? true) && mayShowImages(environment, colors)
  let image: TerminalImage | null = null

  const frames = createFrameScheduler((done) => {
    const bytes = screen.render(options.view())
    if (bytes === '') setImmediate(done)
    else tty.write(bytes, done)
    if (!isGuarded) setImmediate(startGuard)
  })

  // Starting the crash guard takes longer than the first frame, so it happens after it.
  const startGuard = (): void => {
    if (isGuarded || !tty.isAcquired) return
    isGuarded = true
    tty.startGuard()
  }

  const onReply = (reply: string): void => {
    const before = queries.background
    queries.receive(reply)
    const { background } = queries
    if (background !== null && background !== before) options.onBackground?.(background)
    decoder.hasEscapeKey = queries.hasEscapeKey
    if (screen.joinsEmoji === queries.joinsEmoji) return
    screen.joinsEmoji = queries.joinsEmoji
    frames.invalidate('soon')
  }

  /** Not every terminal reports a change, so it is asked when the person returns to it. */
  const askForBackground = (): void => {
    if (queries.background === null) return
    queries.sentAgain()
    tty.write(BACKGROUND_QUERY)
  }

  const decoder = createInputDecoder({
    emit(event) {
      if (event.type === 'focus' && event.focused) askForBackground()
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
    mouse: () => hasMouse,
    onBytes: decoder.write,
    onResize,
    onCapturedOutput: (text) => options.onCapturedOutput?.(text),
    drain: queries.drain,
  })

  const enter = (): void => {
    if (isClosed || tty.isAcquired) return
    queries.sent()
    tty.acquire()
    if (asksForImages) {
      queries.sentAgain()
      tty.write(IMAGE_QUERY)
    }
    if (image !== null) tty.write(imageSequence(image))
    screen.forget()
    // While another program had the terminal, only that one got the signal of a new size: at it, Node reads the size again.
    process.emit('SIGWINCH')
    if (!isSameSize(size, sizeOf(output))) onResize()
    frames.resume()
    frames.invalidate('now')
  }

  const leave = (): void => {
    if (!tty.isAcquired) return
    frames.pause()
    decoder.reset()
    if (image !== null) tty.write(removeSequence(image.id))
    tty.restore()
    isGuarded = false
  }

  const suspension = createSuspension({ isOnScreen: () => tty.isAcquired, leave, enter })
  const leavePermanently = (): void => {
    if (isClosed) return
    isClosed = true
    leave()
    suspension.close()
    screen.close()
    tty.close()
    process.off('exit', leavePermanently)
  }
  process.on('exit', leavePermanently)
  enter()

  return {
    get size() {
      return size
    },
    colors,
    get background() {
      return queries.background
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
    setMouse(on) {
      hasMouse = on
      tty.write(mouseSequence(on))
    },
    copy(text) {
      const sequence = copySequence(text, environment['TMUX'] !== undefined)
      if (sequence !== null) tty.write(sequence)
      return sequence !== null
    },
    bell: () => tty.write(BELL),
    notify(text) {
      const style = notificationStyle(environment)
      if (style !== null) tty.write(notifySequence(text, style))
    },
    get showsImages() {
      return queries.showsImages
    },
    showImage(next) {
      if (image !== null && image.id !== next?.id) tty.write(removeSequence(image.id))
      image = next
      if (next !== null) tty.write(imageSequence(next))
    },
    leave: leavePermanently,
  }
}

function sizeOf(output: NodeJS.WriteStream): Size {
  const [columns, rows] = output.getWindowSize?.() ?? [output.columns, output.rows]
  return { columns: columns || 80, rows: rows || 24 }
}

function isSameSize(left: Size, right: Size): boolean {
  return left.columns === right.columns && left.rows === right.rows
}
