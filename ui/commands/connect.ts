import { type Account, accounts, parseServerUrl } from '../../lib/session/accounts.ts'
import { UserError } from '../../lib/util/user-error.ts'
import { ENTER_ADDRESS, enterKey, PICKER_TITLES } from '../messages/dialogs.ts'
import { accountsHint, connected, unknownAccount, verifying } from '../messages/notices.ts'
import type { PromptAction } from '../state/overlay-actions.ts'
import { openPicker, openPrompt } from './open-overlay.ts'
import { flash, type WorkbenchCommand, type WorkbenchContext } from './workbench-command.ts'

/** Signing in to model providers and Letta servers, and out. */
export const CONNECT_COMMANDS: readonly WorkbenchCommand[] = [
  {
    id: 'account.choose',
    slash: 'connect',
    async run(context) {
      const items = (await accounts()).map(({ id, title, keyVariable, addressVariable }) => {
        const detail = addressVariable ?? keyVariable
        const searched = `${title} ${detail} ${id}`
        const action = { type: 'account.open', accountId: id } as const
        return { title, detail, current: false, searched, action }
      })
      openPicker(context, PICKER_TITLES.connect, items)
    },
  },
  {
    id: 'account.forget',
    slash: 'logout',
    async run({ session, quit }) {
      quit(await session.accounts.signOut())
    },
  },
]

export async function openAccount(context: WorkbenchContext, id: string): Promise<void> {
  const account = await findAccount(id)
  if (account.addressVariable === null) promptForKey(context, account, null)
  else promptForAddress(context, account)
}

function promptForAddress(context: WorkbenchContext, { id, title }: Account): void {
  openPrompt(context, {
    title,
    explanation: ENTER_ADDRESS,
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

/** An invalid address leaves the prompt open, before a key is asked for. */
export async function setAccountAddress(
  context: WorkbenchContext,
  id: string,
  address: string,
): Promise<void> {
  promptForKey(context, await findAccount(id), parseServerUrl(address))
}

/** Verifies the key; one that is refused leaves the prompt open. */
export async function setAccountKey(
  context: WorkbenchContext,
  { accountId, address }: Extract<PromptAction, { type: 'account.setKey' }>,
  key: string,
): Promise<void> {
  const { root, session } = context
  const account = await findAccount(accountId)
  flash(context, verifying(account.title))
  const { models, isUsed } = await session.accounts.signIn(account, { key, address })
  root.dispatch({ type: 'overlay.closed' })
  root.dispatch({ type: 'flash.cleared' })
  const later = account.type === 'provider' ? 'embeddedServer' : 'restart'
  const effect = isUsed ? 'now' : later
  session.notify('info', connected(account.title, { hasKey: key !== '', effect }))
  if (!isUsed || models === null || session.store.state.agent === null) return
  const items = models.map((handle) => ({
    title: handle,
    detail: '',
    current: false,
    action: { type: 'model.setDefault', handle } as const,
  }))
  openPicker(context, PICKER_TITLES.model, items)
}

async function findAccount(id: string): Promise<Account> {
  const account = (await accounts()).find((one) => one.id === id)
  if (account !== undefined) return account
  throw new UserError(unknownAccount(id), { hint: accountsHint() })
}
