/**
 * The screen: a tree of the toolkit's elements. A frame says which elements there are; the toolkit places, orders, shows and hides
 * them, keeps the focus, and routes keys and mouse. `screen.render()` lets each write its rows into `screen.lines`, and
 * `screen.draw()` is our painter, which writes what the terminal does not show yet.
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
  /** Renders the frame; what to write so that the terminal shows it, '' when it does already. */
  render(frame: Frame): string
  /** Routes what a person did through the toolkit to the element that it is for. */
  handle(input: Input): void
  resize(size: Size): void
  /** To be called when the terminal may show anything: the next frame is painted in full. */
  forget(): void
  /** Whether the terminal shows joined emoji as one picture; unknown terminals don't. */
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

    // Clears nothing on the terminal: the next frame is painted over what is there.
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

  const screen: ToolkitScreen = apartFromProcess(() => {
    const program = createProgram(toolkit, input, output)
    const created = new TreeScreen({ program })
    // The toolkit paints a frame for each change of size; here one is painted when the last of them is over.
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
    // An element that has no place on a small screen gets its keys all the same.
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
      // What was typed before the first frame has no element that it could go to.
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

/** A screen too small for the place of the caret shows none. */
function caretOn(caret: CaretPosition | null, { columns, rows }: Size): CaretPosition | null {
  return caret !== null && caret.x < columns && caret.y >= 0 && caret.y < rows ? caret : null
}

/** What the toolkit takes for its input: our decoder emits keys there, decoded already. */
function createInput(): EventEmitter {
  return Object.assign(new EventEmitter(), { _keypressDecoder: true })
}

interface ToolkitOutput extends EventEmitter {
  resize(size: Size): void
}

/** What the toolkit takes for its output: it asks for the size there. It writes nothing, as the painter does. */
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
  // Would turn on reports of each move of the mouse.
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

/** An event of our decoder in the form of the toolkit's, which carries it to the element. */
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

const LISTENED = ['uncaughtException', 'SIGTERM', 'SIGINT', 'SIGQUIT', 'exit'] as const

/**
 * The toolkit's ways out would end the program with the wrong code: the terminal has its own. And in tmux it would run
 * `tmux -V`, and wait for it.
 */
function apartFromProcess<T>(create: () => T): T {
  const { TMUX } = process.env
  delete process.env['TMUX']
  const before = LISTENED.map((name) => process.rawListeners(name))
  try {
    return create()
  } finally {
    if (TMUX !== undefined) process.env['TMUX'] = TMUX
    LISTENED.forEach((name, index) => {
      for (const listener of process.rawListeners(name)) {
        if (before[index]?.includes(listener)) continue
        process.removeListener(name, listener as () => void)
      }
    })
  }
}
