import { expect } from 'chai'
import { accounts } from '../../../lib/session/accounts.ts'
import { PICKER_TITLES } from '../../../ui/messages/dialogs.ts'
import { verifying } from '../../../ui/messages/notices.ts'
import type { RootState } from '../../../ui/state/state.ts'
import type { Desktop } from '../../support/desktop.ts'
import { withWorkbench } from '../../support/with-workbench.ts'

/** What the open prompt is for. */
const asked = ({ workbench: { overlay } }: RootState) =>
  overlay?.type === 'prompt' ? overlay.action : null

describe('The command /connect', () => {
  it('asks for an address that is valid, then for a key that is not shown', async () => {
    const all = await accounts()
    const { title = '', id: accountId = '' } = all.find(({ id }) => id === 'endpoint') ?? {}
    await withWorkbench({}, (workbench) =>
      workbench
        .submit('/connect')
        .expectPicker(PICKER_TITLES.connect)
        .type('endpoint')
        .expectPicker(PICKER_TITLES.connect, [title])
        .press('enter')
        .expectPrompt(title, '')
        .expectState('the prompt', asked, { type: 'account.setAddress', accountId })
        .type('my endpoint')
        .press('enter')
        .expectState('the flash', ({ workbench: { flash } }) => flash?.level, 'warning')
        .expectPrompt(title, 'my endpoint')
        .press('ctrl+u')
        .type('http://localhost:1/v1')
        .press('enter')
        .expectState('the prompt', asked, {
          type: 'account.setKey',
          accountId,
          address: 'http://localhost:1/v1',
        })
        .type('sk-secret')
        .expectScreen('•••••••••')
        .expectNotOnScreen('sk-secret'),
    )()
  })

  it('verifies a key once when enter is pressed again meanwhile, and again after it was refused', async () => {
    const { title = '' } = (await accounts()).find(({ id }) => id === 'endpoint') ?? {}
    let verified = 0
    const countVerifications = ({ root }: Desktop): void => {
      root.subscribe((_, event) => {
        if (event.type === 'flash.shown' && event.text === verifying(title)) verified++
      })
    }
    await withWorkbench({}, (workbench) =>
      workbench
        .perform(countVerifications)
        .submit('/connect')
        .expectPicker(PICKER_TITLES.connect)
        .type('endpoint')
        .press('enter')
        .expectPrompt(title, '')
        .type('http://localhost:1/v1')
        .press('enter')
        .expectState('the prompt', (state) => asked(state)?.type, 'account.setKey')
        .type('sk-secret')
        .perform((desk) => void desk.presses('enter').types('1').presses('enter'))
        .expectState('the flash', ({ workbench: { flash } }) => flash?.level, 'warning')
        .check(() => expect(verified).to.equal(1))
        .expectPrompt(title, 'sk-secret1')
        .press('enter')
        .expectState('the flash', ({ workbench: { flash } }) => flash?.level, 'warning')
        .check(() => expect(verified).to.equal(2)),
    )()
  })
})

describe('The question whether to trust a directory', () => {
  const trusted = ({ session }: RootState): boolean => session.trusted
  const files = { '.letta/settings.json': '{"permissions":{"allow":["Bash(make)"]}}' }
  const question = {
    type: 'question',
    title: 'Trust?',
    text: '',
    action: { type: 'directory.trust' },
  } as const

  it(
    'trusts it with yes',
    withWorkbench({ files }, (workbench) =>
      workbench
        .dispatch({ type: 'overlay.opened', overlay: question })
        .press('y')
        .expectNoOverlay()
        .expectState('whether it is trusted', trusted, true),
    ),
  )

  it(
    'does not trust it with no, and does not ask again',
    withWorkbench({ files }, (workbench) =>
      workbench
        .expectState('whether it asks', ({ session }) => session.asksForTrust, true)
        .dispatch({ type: 'overlay.opened', overlay: question })
        .press('n')
        .expectNoOverlay()
        .expectState('whether it asks', ({ session }) => session.asksForTrust, false)
        .expectState('whether it is trusted', trusted, false),
    ),
  )
})
