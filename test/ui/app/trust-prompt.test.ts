import { expect } from 'chai'
import { NO_RULES } from '../../../lib/permissions/types.ts'
import type { SessionOptions } from '../../../lib/session/services.ts'
import { promptForTrust } from '../../../ui/app/trust-prompt.ts'
import { directoryNotTrusted } from '../../../ui/messages/permissions.ts'
import { createEditor, EMPTY_EDITOR } from '../../../ui/state/editor.ts'
import { createRootStore } from '../../support/root-store.ts'

const NOW = 10_000
const options = (demo = false): SessionOptions => ({ demo }) as SessionOptions

/** A store whose directory has rules that have not been accepted. */
function untrusted(asksForTrust = true) {
  const root = createRootStore()
  const grants = ['Bash(make)']
  root.dispatch({ type: 'rules.loaded', rules: NO_RULES, trusted: false, grants, asksForTrust })
  return root
}

describe('The question whether to trust a directory', () => {
  it('is asked when its settings allow calls, and names them', () => {
    const root = untrusted()
    promptForTrust(root, options(), NOW)
    const { overlay } = root.state.workbench
    if (overlay?.type !== 'page') throw new Error('no page')
    expect(overlay.question?.action).to.deep.equal({
      type: 'directory.trust',
      grants: ['Bash(make)'],
    })
    expect(overlay.lines).to.deep.include({ type: 'grant', text: 'Bash(make)' })
  })

  it('is not asked when there is nothing to accept, or in the demo', () => {
    for (const [root, demo] of [
      [untrusted(false), false],
      [untrusted(), true],
    ] as const) {
      promptForTrust(root, options(demo), NOW)
      expect(root.state.workbench.overlay).to.equal(null)
      expect(root.state.workbench.flash).to.equal(null)
    }
  })

  it('never takes the keys of a person who is typing, or has just typed', () => {
    for (const [text, at] of [
      ['draft', 0],
      ['', NOW - 499],
    ] as const) {
      const root = untrusted()
      root.dispatch({ type: 'text.edited', editor: createEditor(text), at })
      promptForTrust(root, options(), NOW)
      expect(root.state.workbench.overlay).to.equal(null)
      expect(root.state.workbench.flash?.text).to.equal(directoryNotTrusted())
    }
  })

  it('does not replace a dialog that is open', () => {
    const root = untrusted()
    root.dispatch({
      type: 'overlay.opened',
      overlay: { type: 'help', query: EMPTY_EDITOR, scroll: 0 },
    })
    promptForTrust(root, options(), NOW)
    expect(root.state.workbench.overlay?.type).to.equal('help')
  })
})
