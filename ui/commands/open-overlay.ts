import { createEditor } from '../state/editor.ts'
import type { Overlay, OverlayOf, PickerItem } from '../state/state.ts'
import type { WorkbenchContext } from './workbench-command.ts'

type Root = Pick<WorkbenchContext, 'root'>

/** The current item is selected, if there is one. */
export function openPicker(
  context: Root,
  title: string,
  items: readonly PickerItem[],
  { query = '', begun }: { readonly query?: string; readonly begun?: string } = {},
): void {
  const current = items.findIndex((item) => item.current)
  openOverlay(context, {
    type: 'picker',
    title,
    items,
    query: createEditor(query),
    selected: Math.max(0, current),
    ...(begun === undefined ? {} : { begun }),
  })
}

export function openPrompt(
  context: Root,
  { text = '', ...prompt }: Omit<OverlayOf<'prompt'>, 'type' | 'editor'> & { text?: string },
): void {
  openOverlay(context, { type: 'prompt', ...prompt, editor: createEditor(text) })
}

export function openPage(context: Root, title: string, lines: OverlayOf<'page'>['lines']): void {
  openOverlay(context, { type: 'page', title, lines, scroll: 0 })
}

/** A page to read before a yes or a no. */
export function openReview(
  context: Root,
  page: Required<Pick<OverlayOf<'page'>, 'title' | 'lines' | 'question'>> &
    Pick<OverlayOf<'page'>, 'visibleSince'>,
): void {
  openOverlay(context, { type: 'page', ...page, scroll: 0 })
}

export function openOverlay({ root }: Root, overlay: Overlay): void {
  root.dispatch({ type: 'overlay.opened', overlay })
}
