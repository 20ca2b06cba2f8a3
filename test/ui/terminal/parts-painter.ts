import type { Colors } from '../../../ui/terminal/colors.ts'
import { createScreenTree } from '../../../ui/terminal/screen-tree.ts'
import { loadToolkit, type ToolkitName } from '../../../ui/terminal/toolkit.ts'
import type { Row } from '../../../ui/view/render/row.ts'
import type { CaretPosition, Rect, Size } from '../../../ui/view/types.ts'

/** A rectangle of rows. Later ones cover earlier ones. */
export interface Part {
  readonly id: string
  readonly rect: Rect
  readonly rows: readonly Row[]
}

export interface PartsFrame {
  readonly size: Size
  readonly parts: readonly Part[]
  readonly caret: CaretPosition | null
  readonly title: string
}

const toolkits = {
  blessed: await loadToolkit('blessed'),
  'neo-blessed': await loadToolkit('neo-blessed'),
}

/** The screen's tree with an element for each part, the first of which has the focus and the caret. */
export function createPartsPainter(options: {
  readonly colors: Colors
  readonly toolkit?: ToolkitName
}) {
  const toolkit = toolkits[options.toolkit ?? 'blessed']
  const size = { columns: 1, rows: 1 }
  const tree = createScreenTree({ toolkit, colors: options.colors, size, onInput: () => {} })
  return {
    forget: tree.forget,
    close: tree.close,
    paint(frame: PartsFrame): string {
      tree.resize(frame.size)
      return tree.render({
        size: frame.size,
        title: frame.title,
        focus: frame.parts[0]?.id ?? 'none',
        elements: frame.parts.map(({ id, rect, rows }) => ({
          id,
          type: 'pane',
          rect,
          render: () => ({ rows, ...caretIn(rect, frame.caret) }),
        })),
      })
    },
  }
}

function caretIn(rect: Rect, caret: CaretPosition | null) {
  return caret === null ? {} : { caret: { x: caret.x - rect.x, y: caret.y - rect.y } }
}
