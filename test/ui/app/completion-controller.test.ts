import { expect } from 'chai'
import { startCompletion } from '../../../ui/app/completion-controller.ts'
import { createEditor, EMPTY_EDITOR } from '../../../ui/state/editor.ts'
import { createRootStore } from '../../support/root-store.ts'

/** A store whose file searches end when the test says so. */
function setUp() {
  const root = createRootStore()
  const searches = new Map<string, { signal: AbortSignal; end(paths: string[]): void }>()
  let asked = 0
  startCompletion({
    root,
    commands: () => [],
    choices: async () => {
      asked += 1
      return []
    },
    refreshPrompts: async () => undefined,
    async *findFiles(query, { signal }) {
      yield await new Promise<readonly string[]>((resolve) =>
        searches.set(query, { signal, end: resolve }),
      )
    },
  })
  const type = (text: string): void =>
    root.dispatch({ type: 'text.edited', editor: createEditor(text), at: 0 })
  const suggestions = (): readonly string[] =>
    root.state.workbench.completion?.items.map(({ insert }) => insert) ?? []
  return { root, searches, type, suggestions, timesAsked: () => asked }
}

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

describe('A search for files that the next key has overtaken', () => {
  it('is aborted, and its late result is dropped', async () => {
    const { searches, type, suggestions } = setUp()
    type('@a')
    type('@ap')
    expect(searches.get('a')?.signal.aborted).to.equal(true)
    searches.get('ap')?.end(['src/app.ts'])
    await settled()
    searches.get('a')?.end(['src/stale-app.ts'])
    await settled()
    expect(suggestions()).to.deep.equal(['src/app.ts'])
  })

  it('is aborted when the word is no file any more', () => {
    const { searches, type } = setUp()
    type('@a')
    type('@a now')
    expect(searches.get('a')?.signal.aborted).to.equal(true)
  })
})

describe('Suggestions for a word', () => {
  it('stay away once they were dismissed', async () => {
    const { root, searches, type, suggestions } = setUp()
    type('@a')
    searches.get('a')?.end(['src/app.ts'])
    await settled()
    root.dispatch({ type: 'completion.dismissed' })
    type('@ap')
    expect(searches.has('ap')).to.equal(false)
    expect(suggestions()).to.deep.equal([])
  })

  it('are not looked for while a dialog is open', () => {
    const { root, searches, type } = setUp()
    root.dispatch({
      type: 'overlay.opened',
      overlay: { type: 'help', query: EMPTY_EDITOR, scroll: 0 },
    })
    type('@a')
    expect(searches.size).to.equal(0)
  })

  it('are asked for once for each argument', () => {
    const { type, timesAsked } = setUp()
    type('/model a')
    type('/model ab')
    expect(timesAsked()).to.equal(1)
    type('/theme a')
    expect(timesAsked()).to.equal(2)
  })
})
