import { EMPTY_ROW } from '../view/render/row.ts'
import type { CaretPosition, FrameElement, Input } from '../view/types.ts'
import type { LineComposition } from './line-composition.ts'
import type { Toolkit, ToolkitBox, ToolkitScreen } from './toolkit.ts'

/** An element of the toolkit's tree that shows an element of the frame. */
export interface ScreenElement extends ToolkitBox {
  /** The content to show from the next frame. */
  content: FrameElement | null
  /** In cells of the screen; null while no caret is shown. */
  readonly caret: CaretPosition | null
}

interface ElementPorts {
  readonly screen: ToolkitScreen
  line(y: number): LineComposition | undefined
  onInput(input: Input): void
}

/** Creates a hidden element of a type. */
type ElementFactory = (id: string, type: FrameElement['type']) => ScreenElement

/** The element classes extend the toolkit's box, which places, orders and hides them and routes keys and mouse events. */
export function createElementFactory({ Box }: Toolkit, ports: ElementPorts): ElementFactory {
  const { screen, line, onInput } = ports

  /** Writes the rows of its content into the screen's lines, where the toolkit has placed it. */
  class Element extends Box {
    declare content: FrameElement | null
    declare caret: CaretPosition | null

    constructor(name: string) {
      super({ parent: screen, screen, name, hidden: true, autoFocus: false })
      this.content = null
      this.caret = null
    }

    // The toolkit would parse and wrap a content string for each frame; these elements have none.
    override parseContent(): boolean {
      return false
    }

    override render(): void {
      const place = this._getCoords(true)
      this.lpos = place
      this.caret = null
      if (place === undefined || this.content === null) return
      const columns = place.xl - place.xi
      const height = place.yl - place.yi
      if (columns <= 0 || height <= 0) return
      const { rows, caret } = this.content.render({ columns, rows: height })
      for (let y = 0; y < height; y++)
        line(place.yi + y)?.write(rows[y] ?? EMPTY_ROW, place.xi, columns)
      if (caret !== undefined) this.caret = { x: place.xi + caret.x, y: place.yi + caret.y }
    }
  }

  /** Receives clicks, and keys while it has the focus. */
  class Pane extends Element {
    constructor(name: string) {
      super(name)
      this.on('keypress', (_character: string, { input }: { input: Input }) => onInput(input))
      this.on('mouse', ({ input }: { input: Extract<Input, { type: 'mouse' }> }) =>
        onInput({ ...input, part: name }),
      )
    }
  }

  /** Has the focus while it is shown, and restores the previous focus when it is hidden. */
  class Dialog extends Pane {
    override show(): void {
      if (!this.hidden) return
      screen.saveFocus()
      super.show()
      this.focus()
    }

    override hide(): void {
      if (this.hidden) return
      super.hide()
      screen.restoreFocus()
    }
  }

  const classes = { separator: Element, popup: Pane, pane: Pane, dialog: Dialog } as const
  return (id, type) => new classes[type](id)
}
