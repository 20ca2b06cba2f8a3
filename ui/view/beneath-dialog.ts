import type { RootState } from '../state/state.ts'
import { isImageText } from './render/image-cells.ts'
import type { Row } from './render/row.ts'
import type { Style } from './render/style.ts'
import type { FrameElement } from './types.ts'

/** The elements of which those below an open dialog are drawn in one weak style: what keys apply to stands out. */
export function beneathDialog(
  elements: readonly FrameElement[],
  state: RootState,
  weak: Style,
): readonly FrameElement[] {
  return isWeakened(state)
    ? elements.map((element) => (STRONG.has(element.id) ? element : weakened(element, weak)))
    : elements
}

/** The dialog, and the row with its keys. */
const STRONG: ReadonlySet<string> = new Set(['overlay', 'status'])

/** A theme that is selected is seen on the complete screen. */
function isWeakened({ workbench: { overlay } }: RootState): boolean {
  if (overlay === null) return false
  return overlay.type !== 'picker' || overlay.items[0]?.action.type !== 'theme.set'
}

function weakened(element: FrameElement, weak: Style): FrameElement {
  return {
    ...element,
    render(size) {
      const content = element.render(size)
      return { ...content, rows: content.rows.map((line) => inStyle(line, weak)) }
    },
  }
}

function inStyle(line: Row, style: Style): Row {
  return line.map((span) => (isImageText(span.text) ? span : { text: span.text, style }))
}
