import { setImmediate as nextTurn } from 'node:timers/promises'
import { expect } from 'chai'
import { startThemePreview } from '../../../ui/app/theme-preview.ts'
import { EMPTY_EDITOR } from '../../../ui/state/editor.ts'
import { createRootStore } from '../../support/root-store.ts'

const item = (name: string) => ({
  title: name,
  detail: '',
  current: name === 'dark',
  action: { type: 'theme.set', name } as const,
})

function choosing() {
  const root = createRootStore()
  const shown: string[] = []
  const preview = startThemePreview(root, async (name) => {
    shown.push(name)
    root.dispatch({ type: 'theme.changed', name })
  })
  root.dispatch({
    type: 'overlay.opened',
    overlay: {
      type: 'picker',
      title: 'Theme',
      items: ['dark', 'light', 'nord'].map(item),
      query: EMPTY_EDITOR,
      selected: 0,
    },
  })
  return {
    shown,
    preview,
    moves: () => root.dispatch({ type: 'overlay.moved', by: 1 }),
    async closes() {
      root.dispatch({ type: 'overlay.closed' })
      await nextTurn()
      await nextTurn()
    },
  }
}

describe('The list of themes', () => {
  it('shows the selected theme while it is open, and the one before when it is closed', async () => {
    const { shown, moves, closes } = choosing()
    moves()
    await nextTurn()
    moves()
    await nextTurn()
    expect(shown).to.deep.equal(['light', 'nord'])
    await closes()
    expect(shown).to.deep.equal(['light', 'nord', 'dark'])
  })

  it('shows nothing again when a theme was chosen, or none was looked at', async () => {
    const { shown, preview, moves, closes } = choosing()
    moves()
    await nextTurn()
    preview.choose()
    await closes()
    expect(shown).to.deep.equal(['light'])
    const untouched = choosing()
    await untouched.closes()
    expect(untouched.shown).to.deep.equal([])
  })
})
