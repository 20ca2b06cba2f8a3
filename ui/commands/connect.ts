import { type Account, accounts, addressOf } from '../../lib/session/accounts.ts'
import { UserError } from '../../lib/util/user-error.ts'
import type { PromptAction } from '../state/overlay-actions.ts'
import { openPicker, openPrompt } from './open-overlay.ts'
import type { WorkbenchCommand, WorkbenchContext } from './workbench-command.ts'

/** Signing in to model vendors and Letta servers, and out. */
export const CONNECT_COMMANDS: readonly WorkbenchCommand[] = [
  {
    id: 'account.choose',
    title: 'Connect a model vendor or a Letta server',
    slash: 'connect',
    async run(context) {
      const items = (await accounts()).map(({ id, title, keyVariable, addressVariable }) => {
        const detail = addressVariable ?? keyVariable
        const searched = `${title} ${detail} ${id}`
        const action = { type: 'account.open', accountId: id } as const
        return { title, detail, current: false, searched, action }
      })
      openPicker(context, 'Connect', items)
    },
  },
  {
    id: 'account.forget',
    title: 'Sign out: forget the stored keys, and quit',
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
    explanation: 'Its address, like http://localhost:8080/v1:',
    action: { type: 'account.setAddress', accountId: id },
  })
}

function promptForKey(
  context: WorkbenchContext,
  { id, title }: Account,
  address: string | null,
): void {
  const isWanted = address === null ? '' : ' (empty if it wants none)'
  openPrompt(context, {
    title,
    explanation: `Its key${isWanted}. It is tested, and kept in your own settings, which only you can read:`,
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
  promptForKey(context, await findAccount(id), addressOf(address))
}

/** Verifies the key; one that is refused leaves the prompt open. */
export async function setAccountKey(
  context: WorkbenchContext,
  { accountId, address }: Extract<PromptAction, { type: 'account.setKey' }>,
  key: string,
): Promise<void> {
  const { root, session } = context
  const account = await findAccount(accountId)
  root.dispatch({ type: 'flash.shown', level: 'info', text: `Asking ${account.title} …` })
  const { models, isUsed } = await session.accounts.signIn(account, { key, address })
  root.dispatch({ type: 'overlay.closed' })
  root.dispatch({ type: 'flash.cleared' })
  const later =
    account.type === 'vendor' ? 'for the embedded server' : 'and used from the next start on'
  const when = isUsed ? 'and used' : later
  const found = key === '' ? 'it answers' : 'the key is good'
  session.notify('info', `${account.title}: ${found}. It is kept in your settings ${when}.`)
  if (!isUsed || models === null || session.store.state.agent === null) return
  const items = models.map((handle) => ({
    title: handle,
    detail: '',
    current: false,
    action: { type: 'model.setDefault', handle } as const,
  }))
  openPicker(context, 'Model', items)
}

async function findAccount(id: string): Promise<Account> {
  const account = (await accounts()).find((one) => one.id === id)
  if (account !== undefined) return account
  throw new UserError(`There is nothing called "${id}" to connect.`, { hint: 'Choose: /connect' })
}
