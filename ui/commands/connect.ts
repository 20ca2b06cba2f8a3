import { TURN_RUNNING } from '../../lib/commands/messages.ts'
import {
  type Account,
  accounts,
  CLOUD,
  type Credentials,
  parseServerUrl,
} from '../../lib/session/accounts.ts'
import { NoModel } from '../../lib/session/no-model.ts'
import { asSentence } from '../../lib/util/as-sentence.ts'
import { keyReference } from '../../lib/util/references.ts'
import { UserError } from '../../lib/util/user-error.ts'
import {
  accountInUse,
  accountsHint,
  connected,
  connectingTo,
  enterAddress,
  enterKey,
  FIRST_START,
  SIGN_IN,
  SWITCH_ACCOUNT,
  testing,
  unknownAccount,
  verifying,
} from '../messages/accounts.ts'
import { LOOKING_FOR_MODEL, NO_MODEL_FOUND } from '../messages/models.ts'
import { PICKER_TITLES } from '../messages/program.ts'
import type { PromptAction } from '../state/overlay-actions.ts'
import type { Overlay, PageLine, PickerItem } from '../state/state.ts'
import { setDefaultModel } from './models.ts'
import { openPage, openPicker, openPrompt } from './open-overlay.ts'
import { flash, type WorkbenchCommand, type WorkbenchContext } from './workbench-command.ts'

/** Signing in to model providers and Letta servers, and out. */
export const CONNECT_COMMANDS: readonly WorkbenchCommand[] = [
  {
    id: 'account.choose',
    run: (context) => chooseAccount(context),
  },
  {
    id: 'account.chooseByKey',
    hidden: true,
    run: chooseByKey,
  },
  {
    id: 'account.switch',
    unavailable: ({ session }) => (session.turn.type === 'running' ? TURN_RUNNING : null),
    run: switchAccount,
  },
  {
    id: 'account.forget',
    async run({ session, quit }) {
      quit(await session.accounts.signOut())
    },
  },
]

function chooseByKey(context: WorkbenchContext): Promise<void> | void {
  const key = context.presenter()(KEY_OF_LIST)
  const { overlay } = context.root.state.workbench
  if (overlay?.type !== 'picker') return chooseAccount(context, key)
  // It opened automatically, and is not opened again: the letters that follow are for its filter.
  context.root.dispatch({ type: 'overlay.opened', overlay: { ...overlay, begun: key } })
}

/** `begun`: the letter that asked for the list, if a message may begin with it. */
export async function chooseAccount(context: WorkbenchContext, begun = ''): Promise<void> {
  const items = (await accounts()).map(({ id, title, keyVariable, addressVariable }) => {
    const detail = addressVariable ?? keyVariable
    const searched = `${title} ${detail} ${id}`
    const action = { type: 'account.open', accountId: id } as const
    return { title, detail, current: false, searched, action }
  })
  const isFirst = context.root.state.session.agent === null
  const title = isFirst ? PICKER_TITLES.firstStart : PICKER_TITLES.connect
  if (isFirst) openPicker(context, title, [...items, ...WITHOUT_ACCOUNT], { begun })
  else openPicker(context, title, items)
}

const KEY_OF_LIST = keyReference('account.chooseByKey')

/** The Letta servers side by side. */
async function switchAccount(context: WorkbenchContext): Promise<void> {
  const { session } = context
  const saved = await session.accounts.list()
  const current = session.accounts.current()
  const item = (name: string | null, title: string, detail: string): PickerItem => ({
    title,
    detail,
    current: name === current,
    action: { type: 'account.use', name },
  })
  openPicker(context, PICKER_TITLES.account, [
    item(null, SWITCH_ACCOUNT.embedded, SWITCH_ACCOUNT.embeddedDetail),
    ...saved.map(({ name, server }) => item(name, name, server)),
    {
      ...SWITCH_ACCOUNT.add,
      current: false,
      action: { type: 'command.run', commandId: 'account.choose' },
    },
  ])
}

/** Continues with the agent of this directory on the server of an account; null for the embedded one. */
export async function useAccount(context: WorkbenchContext, name: string | null): Promise<void> {
  const { session } = context
  // It may have begun while the list was open.
  if (session.store.state.turn.type === 'running') throw new UserError(TURN_RUNNING)
  const title = name ?? SWITCH_ACCOUNT.embedded
  flash(context, connectingTo(title))
  const isUsed = await session.accounts.use(name)
  context.root.dispatch({ type: 'flash.cleared' })
  if (isUsed) session.notify('info', accountInUse(title))
}

/** Shows the code until it is confirmed in a browser. Closing the dialog cancels the sign-in. */
async function signInByCode(context: WorkbenchContext): Promise<void> {
  const { root, session } = context
  const { title } = await findAccount('cloud')
  openPage(context, title, [{ type: 'text', text: SIGN_IN.requesting }])
  const abort = new AbortController()
  const shown = root.state.workbench.overlay
  const stop = root.subscribe(({ workbench: { overlay } }) => {
    const isOpen = overlay === shown || (overlay?.type === 'page' && overlay.title === title)
    if (!isOpen) abort.abort()
  })
  const show = (lines: readonly PageLine[]): void =>
    root.dispatch({ type: 'page.updated', title, lines })
  try {
    const { backend, isUsed } = await session.accounts.signInByCode(({ userCode, url }) => {
      show([
        { type: 'fact', name: SIGN_IN.code, value: userCode },
        { type: 'fact', name: SIGN_IN.address, value: url },
        { type: 'text', text: '' },
        { type: 'text', text: SIGN_IN.waiting },
      ])
    }, abort.signal)
    stop()
    root.dispatch({ type: 'overlay.closed' })
    if (isUsed) session.notify('info', accountInUse(backend?.name ?? title))
  } catch (thrown) {
    if (!(thrown instanceof UserError)) throw thrown
    if (abort.signal.aborted) session.notify('info', thrown.message)
    else show([thrown.message, thrown.hint ?? ''].map((text) => ({ type: 'text', text })))
  } finally {
    stop()
  }
}

/** What can be done at the first start without a key or an address. */
const WITHOUT_ACCOUNT: readonly PickerItem[] = [
  { ...FIRST_START.local, current: false, action: { type: 'model.find' } },
  { ...FIRST_START.demo, current: false, action: { type: 'demo.start' } },
]

/** Looks for a model server on this machine, which may have been started meanwhile. */
export async function findModel(context: WorkbenchContext): Promise<void> {
  flash(context, LOOKING_FOR_MODEL)
  try {
    await context.session.agents.open('sharing')
  } catch (thrown) {
    if (!(thrown instanceof NoModel)) throw thrown
    await chooseAccount(context)
    flash(context, NO_MODEL_FOUND)
  }
}

/** From the key to the address, and from there to the list of accounts. Null when the dialog does not belong to these steps. */
export function stepBack(context: WorkbenchContext, overlay: Overlay): Promise<void> | null {
  const first = overlay.type === 'picker' ? overlay.items[0]?.action : undefined
  const step = overlay.type === 'prompt' ? overlay.action : first
  switch (step?.type) {
    case 'account.signIn':
    case 'account.setAddress':
      return chooseAccount(context)
    case 'account.setKey':
      return step.address === null
        ? chooseAccount(context)
        : promptForAddressOf(context, step.accountId, step.address)
    default:
      return null
  }
}

async function promptForAddressOf(
  context: WorkbenchContext,
  id: string,
  address: string,
): Promise<void> {
  promptForAddress(context, await findAccount(id), address)
}

export async function openAccount(context: WorkbenchContext, id: string): Promise<void> {
  const account = await findAccount(id)
  if (account.id === CLOUD.id) chooseMethod(context, account)
  else if (account.addressVariable === null) promptForKey(context, account, null)
  else promptForAddress(context, account)
}

/** By a code in the browser, or by an API key. */
function chooseMethod(context: WorkbenchContext, { title }: Account): void {
  openPicker(context, title, [
    { ...SIGN_IN.byCode, current: false, action: { type: 'account.signIn', method: 'code' } },
    { ...SIGN_IN.byKey, current: false, action: { type: 'account.signIn', method: 'key' } },
  ])
}

/** Signs in to Letta Cloud. */
export async function signInToCloud(
  context: WorkbenchContext,
  method: 'code' | 'key',
): Promise<void> {
  if (method === 'code') await signInByCode(context)
  else promptForKey(context, await findAccount(CLOUD.id), null)
}

function promptForAddress(
  context: WorkbenchContext,
  { id, title, type }: Account,
  text = '',
): void {
  openPrompt(context, {
    title,
    explanation: enterAddress(type),
    text,
    action: { type: 'account.setAddress', accountId: id },
  })
}

function promptForKey(
  context: WorkbenchContext,
  { id, title }: Account,
  address: string | null,
): void {
  openPrompt(context, {
    title,
    explanation: enterKey(address !== null),
    secret: true,
    action: { type: 'account.setKey', accountId: id, address },
  })
}

/** Tests the address; one that does not answer stays in the prompt, with the reason. A key is asked for only where it is required. */
export async function setAccountAddress(
  context: WorkbenchContext,
  id: string,
  written: string,
): Promise<void> {
  await inPrompt(context, async () => {
    const account = await findAccount(id)
    const address = parseServerUrl(written, account.type)
    const action = promptAction(context)
    flash(context, testing(address))
    const needsKey = await context.session.accounts.requiresKey(account, address)
    context.root.dispatch({ type: 'flash.cleared' })
    // The dialog may have been closed meanwhile.
    if (promptAction(context) !== action) return
    if (needsKey) promptForKey(context, account, address)
    else await signIn(context, account, { key: '', address })
  })
}

/** Verifies the key; one that is refused leaves the prompt open, with the reason. */
export async function setAccountKey(
  context: WorkbenchContext,
  { accountId, address }: Extract<PromptAction, { type: 'account.setKey' }>,
  key: string,
): Promise<void> {
  await inPrompt(context, async () => {
    const account = await findAccount(accountId)
    flash(context, verifying(account.title))
    await signIn(context, account, { key, address })
  })
}

/** Shows an error of the work in the prompt, unless that was closed meanwhile. */
async function inPrompt(context: WorkbenchContext, work: () => Promise<void>): Promise<void> {
  const { root } = context
  const action = promptAction(context)
  try {
    await work()
  } catch (thrown) {
    if (!(thrown instanceof UserError) || promptAction(context) !== action) throw thrown
    const error = [asSentence(thrown.message), thrown.hint].filter(Boolean).join(' ')
    root.dispatch({ type: 'prompt.refused', error })
  }
}

function promptAction({ root }: WorkbenchContext): PromptAction | null {
  const { overlay } = root.state.workbench
  return overlay?.type === 'prompt' ? overlay.action : null
}

async function signIn(
  context: WorkbenchContext,
  account: Account,
  credentials: Credentials,
): Promise<void> {
  const { root, session } = context
  const { models, isUsed } = await session.accounts.signIn(account, credentials)
  root.dispatch({ type: 'overlay.closed' })
  root.dispatch({ type: 'flash.cleared' })
  const later = account.type === 'provider' ? 'embeddedServer' : 'restart'
  const effect = isUsed ? 'now' : later
  session.notify('info', connected(account.title, { hasKey: credentials.key !== '', effect }))
  const { agent } = session.store.state
  if (!isUsed || models === null || agent === null) return
  const [only, ...others] = models
  // With one model there is nothing to choose.
  if (only === undefined) return
  if (others.length === 0) return setOnlyModel(context, only)
  const items = models.map((handle) => ({
    title: handle,
    detail: '',
    current: handle === agent.model,
    action: { type: 'model.setDefault', handle } as const,
  }))
  openPicker(context, PICKER_TITLES.model, items)
}

async function setOnlyModel(context: WorkbenchContext, handle: string): Promise<void> {
  if (context.session.store.state.agent?.model === handle)
    await context.session.preferences.save('model', handle)
  else await setDefaultModel(context, handle)
}

async function findAccount(id: string): Promise<Account> {
  const account = (await accounts()).find((one) => one.id === id)
  if (account !== undefined) return account
  throw new UserError(unknownAccount(id), { hint: accountsHint() })
}
