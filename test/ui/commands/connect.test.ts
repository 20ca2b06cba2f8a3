import { expect } from 'chai'
import { SIGN_IN_CANCELLED } from '../../../lib/client/messages.ts'
import { TURN_RUNNING } from '../../../lib/commands/messages.ts'
import { accounts } from '../../../lib/session/accounts.ts'
import { LETTA_CLOUD } from '../../../lib/session/messages/accounts.ts'
import { NO_MODEL_CONNECTED } from '../../../lib/session/messages/agents.ts'
import { TURN_CANCELLED_BY_SWITCH } from '../../../lib/session/messages/turns.ts'
import { accountInUse, SIGN_IN, SWITCH_ACCOUNT, verifying } from '../../../ui/messages/accounts.ts'
import { PRESSED_TOO_EARLY } from '../../../ui/messages/approvals.ts'
import { TRUST_QUESTION, TRUST_TITLE } from '../../../ui/messages/permissions.ts'
import { PICKER_TITLES } from '../../../ui/messages/program.ts'
import type { RootState } from '../../../ui/state/state.ts'
import { composerTexts } from '../../../ui/view/messages/composer.ts'
import type { Desktop } from '../../support/desktop.ts'
import { startModelEndpoint } from '../../support/model-endpoint.ts'
import {
  PENDING,
  type ScriptedCloud,
  scriptedCloud,
  USER_CODE,
} from '../../support/scripted-cloud.ts'
import { withWorkbench } from '../../support/with-workbench.ts'

const refused = ({ workbench: { overlay } }: RootState): string | undefined =>
  overlay?.type === 'prompt' ? overlay.error : undefined
const endpointAccount = async (): Promise<{ title?: string; id?: string }> =>
  (await accounts()).find(({ id }) => id === 'endpoint') ?? {}

/** What the open prompt is for. */
const asked = ({ workbench: { overlay } }: RootState) =>
  overlay?.type === 'prompt' ? overlay.action : null

describe('The command /connect', () => {
  it('tests the address before it asks for a key, and shows in the dialog what is wrong', async () => {
    const { title = '', id: accountId = '' } = await endpointAccount()
    const locked = await startModelEndpoint({ turns: [], lists: { status: 401 } })
    const address = locked.url.replace(/\/v1$/, '')
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
        .expectScreen(/"my endpoint"/)
        .expectPrompt(title, 'my endpoint')
        .press('ctrl+u')
        .expectState('the error', refused, undefined)
        .type('http://localhost:1')
        .press('enter')
        .expectState('the refusal', (state) => refused(state)?.includes('localhost:1'), true)
        .expectState('the prompt', asked, { type: 'account.setAddress', accountId })
        .press('ctrl+u')
        .type(`${address}/wrong`)
        .press('enter')
        .expectState('the refusal', (state) => refused(state)?.includes(`${address}/wrong`), true)
        .expectState('the prompt', asked, { type: 'account.setAddress', accountId })
        .press('ctrl+u')
        .type(address)
        .press('enter')
        .expectState('the prompt', asked, { type: 'account.setKey', accountId, address })
        .type('wrong')
        .expectScreen('•••••')
        .expectNotOnScreen('wrong')
        .press('enter')
        .expectState('the refusal', (state) => refused(state) !== undefined, true)
        .expectState('the prompt', asked, { type: 'account.setKey', accountId, address })
        .press('escape')
        .expectPrompt(title, address)
        .press('escape')
        .expectPicker(PICKER_TITLES.connect)
        .press('escape')
        .expectNoOverlay(),
    )()
    await locked.close()
  })

  it('verifies a key once when enter is pressed again meanwhile, and again after it was refused', async () => {
    const { title = '' } = await endpointAccount()
    const locked = await startModelEndpoint({ turns: [], lists: { status: 401 } })
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
        .type(locked.url)
        .press('enter')
        .expectState('the prompt', (state) => asked(state)?.type, 'account.setKey')
        .type('sk-secret')
        .perform((desk) => void desk.presses('enter').types('1').presses('enter'))
        .expectState('the refusal', (state) => refused(state) !== undefined, true)
        .check(() => expect(verified).to.equal(1))
        .expectPrompt(title, 'sk-secret1')
        .type('2')
        .press('enter')
        .expectState('the refusal', (state) => refused(state) !== undefined, true)
        .check(() => expect(verified).to.equal(2)),
    )()
    await locked.close()
  })
})

describe('Signing in to Letta Cloud in the workbench', () => {
  let cloud: ScriptedCloud
  before(async () => {
    cloud = await scriptedCloud()
  })
  after(() => cloud.close())
  const variables = () => ({ LETTA_CLOUD_URL: cloud.url, LETTA_SIGN_IN_URL: cloud.url })
  const server = ({ session }: RootState): string | null | undefined => session.server?.url

  it('shows the code until it is confirmed, switches to the account, and /account switches back', async () => {
    await withWorkbench({ variables: variables() }, (workbench) =>
      workbench
        .perform(() => {
          cloud.polls = Array.from({ length: 10_000 }, () => PENDING)
        })
        .submit('/connect')
        .expectPicker(PICKER_TITLES.connect)
        .type('cloud')
        .press('enter')
        .expectPicker(LETTA_CLOUD, [SIGN_IN.byCode.title, SIGN_IN.byKey.title])
        .press('enter')
        .expectScreen(USER_CODE)
        .perform(() => {
          cloud.polls = []
        })
        .expectNoOverlay()
        .expectNotice(accountInUse('cloud'))
        .expectState('the server', server, cloud.url)
        .submit('/account')
        .expectPicker(PICKER_TITLES.account, [
          SWITCH_ACCOUNT.embedded,
          'cloud',
          SWITCH_ACCOUNT.add.title,
        ])
        .press('up', 'enter')
        .expectNotice(accountInUse(SWITCH_ACCOUNT.embedded))
        .expectState('the server', server, null),
    )()
  })

  it('reports the turn that it cancels; /account cancels none', async () => {
    const answers = [{ text: 'I begin', hang: true }]
    await withWorkbench({ variables: variables(), answers }, (workbench) =>
      workbench
        .submit('Think')
        .expectScreen('I begin')
        .submit('/account')
        .expectFlash(TURN_RUNNING)
        .press('ctrl+u')
        .perform(() => {
          cloud.polls = []
        })
        .submit('/connect')
        .expectPicker(PICKER_TITLES.connect)
        .type('cloud')
        .press('enter')
        .expectPicker(LETTA_CLOUD)
        .press('enter')
        .expectNotice(accountInUse('cloud'))
        .expectNotice(TURN_CANCELLED_BY_SWITCH),
    )()
  })

  it('is cancelled with escape', async () => {
    await withWorkbench({ variables: variables() }, (workbench) =>
      workbench
        .perform(() => {
          cloud.polls = Array.from({ length: 10_000 }, () => PENDING)
        })
        .submit('/connect')
        .expectPicker(PICKER_TITLES.connect)
        .type('cloud')
        .press('enter')
        .expectPicker(LETTA_CLOUD)
        .press('enter')
        .expectScreen(USER_CODE)
        .press('escape')
        .expectNoOverlay()
        .expectNotice(SIGN_IN_CANCELLED),
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
    action: { type: 'directory.trust', grants: ['allow Bash(make)'] },
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
    'opens with /trust as well, so that no rule is accepted unseen',
    withWorkbench({ files }, (workbench) =>
      workbench
        .type('/trust')
        .press('enter')
        .expectPage(TRUST_TITLE)
        .expectScreen('allow Bash(make)')
        .expectState('whether it is trusted', trusted, false),
    ),
  )

  it(
    'takes no yes that was pressed before it could be read',
    withWorkbench({ files }, (workbench) => {
      const page = {
        type: 'page',
        title: TRUST_TITLE,
        lines: [{ type: 'grant', text: 'allow Bash(make)' }],
        scroll: 0,
        visibleSince: Number.MAX_SAFE_INTEGER,
        question: { text: TRUST_QUESTION, action: question.action },
      } as const
      return workbench
        .dispatch({ type: 'overlay.opened', overlay: page })
        .press('y')
        .expectFlash(PRESSED_TOO_EARLY)
        .expectPage(TRUST_TITLE)
        .expectState('whether it is trusted', trusted, false)
        .dispatch({ type: 'overlay.opened', overlay: { ...page, visibleSince: 0 } })
        .press('y')
        .expectNoOverlay()
        .expectState('whether it is trusted', trusted, true)
    }),
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

describe('A workbench without a model', () => {
  const variables = { OPENAI_API_KEY: '', OPENAI_BASE_URL: '' }

  it(
    'lists the ways to start for a letter in the empty message, and returns what was meant as a message',
    withWorkbench({ variables }, (workbench) =>
      workbench
        .expectScreen(composerTexts.withoutModel('c').slice(1))
        .type('c')
        .expectPicker(PICKER_TITLES.firstStart)
        .type('an you help me?')
        .expectPicker(PICKER_TITLES.firstStart, [])
        .press('escape')
        .expectNoOverlay()
        .expectMessage('can you help me?')
        .type(' cc')
        .expectMessage('can you help me? cc')
        .press('ctrl+c', 'f5')
        .type('c')
        .expectPicker(PICKER_TITLES.firstStart)
        .type('anth')
        .press('escape')
        .expectMessage(''),
    ),
  )

  it(
    'filters a list that opened automatically by the letters after that one, however fast they follow',
    withWorkbench({ variables }, (workbench) =>
      workbench
        .submit('/agents')
        .expectPicker(PICKER_TITLES.firstStart)
        .type('cloud')
        .expectState('what the list was opened by', begunOf, 'c')
        .expectState('the filter', filterOf, 'loud'),
    ),
  )

  it(
    'does not filter a list that opened automatically by the letter that the screen below it names',
    withWorkbench({ variables }, (workbench) =>
      workbench
        .submit('/agents')
        .expectPicker(PICKER_TITLES.firstStart)
        .type('c')
        .expectState('what the list was opened by', begunOf, 'c')
        .expectState('the filter', filterOf, '')
        .type('c')
        .expectState('the filter', filterOf, 'c')
        .type('?')
        .press('escape')
        .expectMessage('cc?'),
    ),
  )

  it(
    'leads to the ways to start from the commands for agents and models, and from the first message, which waits',
    withWorkbench({ variables }, (workbench) =>
      workbench
        .submit('/agents')
        .expectPicker(PICKER_TITLES.firstStart)
        .press('escape')
        .submit('/model')
        .expectPicker(PICKER_TITLES.firstStart)
        .press('escape')
        .submit('/compact')
        .expectFlash(NO_MODEL_CONNECTED)
        .press('ctrl+u')
        .submit('Hello')
        .expectPicker(PICKER_TITLES.firstStart)
        .expectState('the queue', ({ session }) => session.queue.map(({ text }) => text), [
          'Hello',
        ]),
    ),
  )
})

function begunOf({ workbench: { overlay } }: RootState): string | null {
  return overlay?.type === 'picker' ? (overlay.begun ?? null) : null
}

function filterOf({ workbench: { overlay } }: RootState): string | null {
  return overlay?.type === 'picker' ? overlay.query.text : null
}
