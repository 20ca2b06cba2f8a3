/**
 * The only code that knows blessed (or neo-blessed: one engine in two packages). It keeps a box for each part of the
 * screen: geometry, order, focus. It paints nothing and reads no keys, as measured it does both badly; what it would
 * write goes nowhere.
 */
import { createRequire } from 'node:module'
import { PassThrough, Writable } from 'node:stream'
import type { Widgets } from 'blessed'
import type { Part, Size } from '../view/types.ts'

export type ToolkitName = 'blessed' | 'neo-blessed'

export interface Host {
  /** Makes the boxes those of these parts, later ones over earlier ones. */
  arrange(size: Size, parts: readonly Part[]): void
  focus(id: string): void
  focused(): string | null
  /** The topmost part at a place. */
  partAt(x: number, y: number): string | null
  close(): void
}

export function createHost(name: ToolkitName): Host {
  // Neither package has types of its own that fit the parts used here.
  const toolkit = createRequire(import.meta.url)(name) as Toolkit
  const screen = apartFromProcess(() => new (hostOf(toolkit))(optionsOf()))
  const boxes = new Map<string, Box>()

  const boxOf = (id: string): Box => {
    const known = boxes.get(id)
    if (known !== undefined) return known
    const box = toolkit.box({ parent: screen, name: id })
    boxes.set(id, box)
    return box
  }

  return {
    arrange(size, parts) {
      screen.program.cols = size.columns
      screen.program.rows = size.rows
      for (const [id, box] of boxes) {
        if (parts.some((part) => part.id === id)) continue
        box.destroy()
        boxes.delete(id)
      }
      for (const { id, rect } of parts) {
        const box = boxOf(id)
        Object.assign(box.position, {
          left: rect.x,
          top: rect.y,
          width: rect.columns,
          height: rect.rows,
        })
        box.setFront()
      }
    },
    focus: (id) => boxes.get(id)?.focus(),
    focused: () => screen.focused?.name ?? null,
    partAt: (x, y) => screen.children.findLast((box) => covers(box, x, y))?.name ?? null,
    close: () => screen.destroy(),
  }
}

type Box = Widgets.BoxElement & { readonly name: string }

interface Screen {
  readonly program: { cols: number; rows: number; isAlt: boolean }
  readonly children: readonly Box[]
  readonly focused?: Box
  lines: unknown[]
  enter(): void
  leave(): void
  alloc(): void
  draw(): void
  render(): void
  destroy(): void
}

interface Toolkit {
  readonly widget: { readonly Screen: new (options: object) => Screen }
  box(options: { parent: Screen; name: string }): Box
}

/** The toolkit's screen, silent: all that writes or paints does nothing. */
function hostOf(toolkit: Toolkit): new (options: object) => Screen {
  return class Host extends toolkit.widget.Screen {
    override enter(): void {
      this.program.isAlt = true
      this.alloc()
    }
    override leave(): void {
      this.program.isAlt = false
    }
    // The toolkit's own grid of cells: nobody looks at it.
    override alloc(): void {
      this.lines = []
    }
    override draw(): void {}
    override render(): void {}
  }
}

function optionsOf(): object {
  return {
    input: new PassThrough(),
    output: new Writable({ write: (_chunk, _encoding, done) => done() }),
    // One that both packages ship the description of; what is written with it goes nowhere.
    terminal: 'xterm-256color',
    forceUnicode: true,
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

function covers(box: Box, x: number, y: number): boolean {
  const left = Number(box.aleft)
  const top = Number(box.atop)
  return x >= left && x < left + Number(box.width) && y >= top && y < top + Number(box.height)
}
