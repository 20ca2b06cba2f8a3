import { matchingPickerItems } from '../state/selectors.ts'
import type { RootState } from '../state/state.ts'
import type { RootStore } from './render-scheduler.ts'

interface ThemePreview {
  /** The selected theme was chosen: it stays. */
  choose(): void
}

/** Shows the theme that is selected in the list of themes while it is open, and the one before when none is chosen. */
export function startThemePreview(
  root: RootStore,
  show: (name: string) => Promise<void>,
): ThemePreview {
  let before: string | null = null
  let shown: string | null = null
  let showing: Promise<void> = Promise.resolve()
  const showNext = (name: string): void => {
    shown = name
    // A theme that was passed over quickly is not loaded.
    showing = showing.then(() => (shown === name ? show(name) : undefined))
  }
  const restore = (): void => {
    if (before === null) return
    if (shown !== before) showNext(before)
    before = null
  }
  root.subscribe((state, { type }) => {
    if (type === 'overlay.closed' && before !== null) setImmediate(restore)
    const name = selectedTheme(state)
    if (name === null || (before === null && type === 'overlay.opened')) {
      if (name !== null) [before, shown] = [state.workbench.theme, state.workbench.theme]
      return
    }
    if (before !== null && name !== shown) showNext(name)
  })
  return {
    choose() {
      before = null
    },
  }
}

function selectedTheme({ workbench: { overlay } }: RootState): string | null {
  // The items of a list are of one kind, and another list may be long.
  if (overlay?.type !== 'picker' || overlay.items[0]?.action.type !== 'theme.set') return null
  const action = matchingPickerItems(overlay)[overlay.selected]?.action
  return action?.type === 'theme.set' ? action.name : null
}
