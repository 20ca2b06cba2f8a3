import type { WorkbenchEvent } from '../events.ts'
import { matchingPickerItems } from '../selectors.ts'
import type { WorkbenchState } from '../state.ts'

export function refusePrompt(state: WorkbenchState, error: string): WorkbenchState {
  const { overlay } = state
  if (overlay?.type !== 'prompt') return state
  return { ...state, overlay: { ...overlay, error }, flash: null }
}

export function selectPickerItem(state: WorkbenchState, by: number): WorkbenchState {
  const { overlay } = state
  if (overlay?.type !== 'picker') return state
  const { length } = matchingPickerItems(overlay)
  const selected = length === 0 ? 0 : (overlay.selected + by + length) % length
  return { ...state, overlay: { ...overlay, selected } }
}

/** In another width, the rows above the visible ones are others: what is asked about is read from its beginning again. */
export function resizeViewport(
  state: WorkbenchState,
  size: WorkbenchState['viewport'],
): WorkbenchState {
  const { overlay, viewport } = state
  const resized = { ...state, viewport: size }
  const isAsked = overlay?.type === 'page' && overlay.question !== undefined
  if (!isAsked || viewport.columns === size.columns) return resized
  return { ...resized, overlay: { ...overlay, scroll: 0 } }
}

/** After the screen has grown, the position can be after the last one. */
export function scrollOverlay(
  state: WorkbenchState,
  { by, last, at }: Extract<WorkbenchEvent, { type: 'overlay.scrolled' }>,
): WorkbenchState {
  const { overlay } = state
  if (overlay?.type !== 'help' && overlay?.type !== 'page') return state
  const scroll = Math.max(0, Math.min(last, Math.min(last, overlay.scroll) + by))
  if (overlay.type === 'help' || scroll === overlay.scroll) {
    return { ...state, overlay: { ...overlay, scroll } }
  }
  return { ...state, overlay: { ...overlay, scroll, visibleSince: at } }
}

export function updatePage(
  state: WorkbenchState,
  { title, lines }: Extract<WorkbenchEvent, { type: 'page.updated' }>,
): WorkbenchState {
  const { overlay } = state
  if (overlay?.type !== 'page' || overlay.title !== title) return state
  return { ...state, overlay: { ...overlay, lines } }
}
