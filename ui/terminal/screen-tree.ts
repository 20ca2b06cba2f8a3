/**
 * The screen is a tree of the toolkit's elements. A frame lists the elements; the toolkit places, orders, shows and hides them,
 * manages the focus, and routes keys and mouse events. `screen.render()` lets each element write its rows into `screen.lines`;
 * `screen.draw()` calls the painter, which writes the cells that the terminal does not show yet.
 */
import { EventEmitter } from 'node:events'
import { PLAIN_STYLE } from '../view/render/style.ts'
import type { CaretPosition, Frame, FrameElement, Input, Rect, Size } from '../view/types.ts'
import { blankLine, unknownLine } from './cells.ts'
import type { Colors } from './colors.ts'
import { createElementFactory, type ScreenElement } from './elements.ts'
import { createLineComposition, type LineComposition } from './line-composition.ts'
import { createPainter } from './painter.ts'
import type { Toolkit, ToolkitProgram, ToolkitScreen } from './toolkit.ts'

export interface ScreenTree {
  /** Renders the frame. Returns the output that makes the terminal show it; '' when it already does. */
  render(frame: Frame): string
  /** Routes input through the toolkit to the element that it is for. */
  handle(input: Input): void
  resize(size: Size): void
  /** Call this when the contents of the terminal are unknown: the next frame is painted in full. */
  forget(): void
  /** Whether the terminal shows joined emoji as one glyph. False until it reports that it does. */
  joinsEmoji: boolean
  /** The lines of the last frame, without blanks at their ends. */
  text(): readonly string[]
  readonly caret: CaretPosition | null
  close(): void
}

interface ScreenTreeOptions {
  readonly toolkit: Toolkit
  readonly colors: Colors
  readonly size: Size
  /** Called by the element that the toolkit routes the input to; resizes and focus reports come from the screen. */
  onInput(input: Input): void
}

export function createScreenTree(options: ScreenTreeOptions): ScreenTree {
  const { toolkit, onInput } = options
  const painter = createPainter({ colors: options.colors })
  const cellOptions = { joinsEmoji: false }
  const output = createOutput(options.size)
  const input = createInput()
  const elements = new Map<string, ScreenElement>()
  let lines: LineComposition[] = []
  let order = ''
  let title = ''
  let update = ''

  const focusedElement = (): ScreenElement | undefined =>
    screen.focused === undefined ? undefined : elements.get(screen.focused.name)

  class TreeScreen extends toolkit.Screen {
    // The terminal's modes are set in sequences.ts.
    override enter(): void {
      this.program.isAlt = true
      this.dattr = PLAIN_STYLE
      this.alloc()
    }

    override leave(): void {
      this.program.isAlt = false
    }

    // Unlike the toolkit’s method this does not clear the terminal: the next frame is painted over its contents.
    override alloc(): void {
      const { cols, rows } = this.program
      this.lines = Array.from({ length: rows }, () => blankLine(cols))
      this.olines = Array.from({ length: rows }, () => unknownLine(cols))
      lines = this.lines.map((line) => createLineComposition(line, cellOptions))
    }

    override draw(): void {
      for (const line of lines) line.end()
      const caret = caretOn(focusedElement()?.caret ?? null, sizeOf(this.program))
      update = painter.paint({ lines: this.lines, shown: this.olines, caret, title })
    }
  }

  const screen: ToolkitScreen = isolatedFromProcess(() => {
    const program = createProgram(toolkit, input, output)
    const created = new TreeScreen({ program })
    // The toolkit paints a frame for each change of size. Here one frame is painted after the last change.
    program.removeAllListeners('resize')
    program.on('resize', () => created.emit('resize'))
    return created
  })
  const createElement = createElementFactory(toolkit, {
    screen,
    line: (y) => lines[y],
    onInput,
  })

  screen.on('prerender', () => {
    for (const line of lines) line.begin()
  })
  screen.on('resize', () => {
    screen.alloc()
    onInput({ type: 'resize', size: sizeOf(screen.program) })
  })
  screen.on('focus', () => onInput({ type: 'focus', focused: true }))
  screen.on('blur', () => onInput({ type: 'focus', focused: false }))

  const elementOf = (id: string, type: FrameElement['type']): ScreenElement => {
    const element = elements.get(id) ?? createElement(id, type)
    elements.set(id, element)
    return element
  }

  const arrange = (frame: Frame): void => {
    const shown = new Set(frame.elements.map(({ id }) => id))
    for (const [id, element] of elements) if (!shown.has(id)) element.hide()
    for (const content of frame.elements) {
      const element = elementOf(content.id, content.type)
      element.content = content
      place(element, content.rect)
      element.show()
    }
    const wanted = [...shown].join(' ')
    if (wanted !== order) for (const id of shown) elements.get(id)?.setFront()
    order = wanted
    // An element that has no room on a small screen receives its keys all the same.
    const focused = elementOf(frame.focus, 'pane')
    if (screen.focused !== focused) focused.focus()
  }

  const forget = (): void => {
    painter.forget()
    screen.alloc()
  }

  return {
    render(frame) {
      update = ''
      title = frame.title
      arrange(frame)
      screen.render()
      return update
    },
    handle(event) {
      // Before the first frame no element exists that could receive the input.
      if (screen.focused === undefined) onInput(event)
      else emitInput(event, input, screen.program)
    },
    resize: output.resize,
    forget,
    get joinsEmoji() {
      return cellOptions.joinsEmoji
    },
    set joinsEmoji(joins) {
      if (joins === cellOptions.joinsEmoji) return
      cellOptions.joinsEmoji = joins
      forget()
    },
    text: () =>
      screen.lines.map((line) =>
        line
          .map(([, text]) => text)
          .join('')
          .trimEnd(),
      ),
    get caret() {
      return caretOn(focusedElement()?.caret ?? null, sizeOf(screen.program))
    },
    close: () => screen.destroy(),
  }
}

function place(element: ScreenElement, { x, y, columns, rows }: Rect): void {
  Object.assign(element.position, { left: x, top: y, width: columns, height: rows })
}

function sizeOf({ cols, rows }: ToolkitProgram): Size {
  return { columns: cols, rows }
}

/** The caret, or null when its position is outside of a small screen. */
function caretOn(caret: CaretPosition | null, { columns, rows }: Size): CaretPosition | null {
  return caret !== null && caret.x < columns && caret.y >= 0 && caret.y < rows ? caret : null
}

/** The input stream of the toolkit, on which already decoded keys are emitted. `_keypressDecoder` turns off its own decoder. */
function createInput(): EventEmitter {
  return Object.assign(new EventEmitter(), { _keypressDecoder: true })
}

interface ToolkitOutput extends EventEmitter {
  resize(size: Size): void
}

/** The output stream of the toolkit, which only asks it for the size: all output is written by the painter. */
function createOutput(size: Size): ToolkitOutput {
  const output = Object.assign(new EventEmitter(), {
    isTTY: true,
    columns: size.columns,
    rows: size.rows,
    resize(next: Size) {
      if (output.columns === next.columns && output.rows === next.rows) return
      output.columns = next.columns
      output.rows = next.rows
      output.emit('resize')
    },
  })
  return output
}

function createProgram(
  { Program }: Toolkit,
  input: EventEmitter,
  output: EventEmitter,
): ToolkitProgram {
  const program = new Program({ input, output, tput: false })
  // Describing the terminal takes 10 ms, and only the toolkit's own drawing needs it.
  program._tputSetup = true
  program.tput = { unicode: true, numbers: {}, strings: {}, bools: {}, features: {} }
  // The toolkit’s method would turn on reports of every move of the mouse.
  program.enableMouse = () => {}
  return program
}

const MOUSE_ACTIONS = {
  press: 'mousedown',
  release: 'mouseup',
  drag: 'mousemove',
  wheelUp: 'wheelup',
  wheelDown: 'wheeldown',
} as const

/** Emits a decoded event in the form of the toolkit, which routes it to the element. */
function emitInput(event: Input, input: EventEmitter, program: ToolkitProgram): void {
  switch (event.type) {
    case 'key': {
      const { name, ctrl, alt, shift } = event.key
      input.emit('keypress', undefined, { name, ctrl, meta: alt, shift, input: event })
      break
    }
    case 'text':
      input.emit('keypress', event.text, { name: 'text', input: event })
      break
    case 'paste':
      input.emit('keypress', event.text, { name: 'paste', input: event })
      break
    case 'mouse': {
      const { x, y, button } = event
      program.emit('mouse', { action: MOUSE_ACTIONS[event.action], button, x, y, input: event })
      break
    }
    case 'focus':
      program.emit(event.focused ? 'focus' : 'blur')
      break
    case 'resize':
      break
  }
}

const TOOLKIT_LISTENED_EVENTS = [
  'uncaughtException',
  'SIGTERM',
  'SIGINT',
  'SIGQUIT',
  'exit',
] as const

/**
 * Removes the toolkit's exit handlers, which would end the program with the wrong code (exit-handlers.ts handles exits), and
 * hides tmux from it, as it would otherwise run `tmux -V` and block on it.
 */
function isolatedFromProcess<T>(create: () => T): T {
  const { TMUX } = process.env
  delete process.env['TMUX']
  const before = TOOLKIT_LISTENED_EVENTS.map((name) => process.rawListeners(name))
  try {
    return create()
  } finally {
    if (TMUX !== undefined) process.env['TMUX'] = TMUX
    // The toolkit adds those of the program again as well, without what lets them run once.
    TOOLKIT_LISTENED_EVENTS.forEach((name, index) => {
      process.removeAllListeners(name)
      for (const listener of before[index] ?? []) process.on(name, listener as () => void)
    })
  }
}
