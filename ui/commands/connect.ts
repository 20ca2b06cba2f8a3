import { type Account, accounts, addressOf } from '../../lib/session/accounts.ts'
import { UserError } from '../../lib/util/user-error.ts'
import { editorOf } from '../state/editor.ts'
import { pick } from './agents-and-models.ts'
import type { WorkbenchCommand, WorkbenchContext } from './workbench-command.ts'

/** Signing in to model vendors and Letta servers, and out. */
export const CONNECT_COMMANDS: readonly WorkbenchCommand[] = [
  {
    id: 'account.choose',
    title: 'Connect a model vendor or a Letta server',
    slash: 'connect',
    async run(context) {
      const items = (await accounts()).map(({ id, title, keyVariable, addressVariable }) => ({
        id,
        title,
        detail: addressVariable ?? keyVariable,
        current: false,
      }))
      pick(context, 'account.open', 'Connect', items)
    },
  },
  {
    id: 'account.open',
    title: 'Ask for address and key',
    hidden: true,
    async run(context, id) {
      const account = await accountOf(id)
      if (account.addressVariable === null) askForKey(context, account, '')
      else askForAddress(context, account)
    },
  },
  {
    id: 'account.model',
    title: 'Give the agent, and new ones, this model',
    hidden: true,
    async run({ session, run }, handle) {
      await session.saveSetting('model', handle)
      run('model.set', handle)
    },
  },
  {
    id: 'account.forget',
    title: 'Sign out: forget the stored keys, and quit',
    slash: 'logout',
    async run({ session, quit }) {
      quit(await session.signOut())
    },
  },
]

function askForAddress({ root }: WorkbenchContext, { id, title }: Account): void {
  root.dispatch({
    type: 'overlay.opened',
    overlay: {
      kind: 'prompt',
      purpose: 'account.address',
      subject: id,
      title,
      explanation: 'Its address, like http://localhost:8080/v1:',
      editor: editorOf(''),
    },
  })
}

/** `subject`: the account, and behind a space the address, if one was asked for. */
function askForKey({ root }: WorkbenchContext, { id, title }: Account, address: string): void {
  const isWanted = address === '' ? '' : ' (empty if it wants none)'
  root.dispatch({
    type: 'overlay.opened',
    overlay: {
      kind: 'prompt',
      purpose: 'account.key',
      subject: `${id} ${address}`.trim(),
      title,
      explanation: `Its key${isWanted}. It is tested, and kept in your own settings, which only you can read:`,
      editor: editorOf(''),
      secret: true,
    },
  })
}

/** A wrong address leaves the prompt open, before a key is asked for. */
export async function takeAddress(
  context: WorkbenchContext,
  id: string,
  address: string,
): Promise<void> {
  askForKey(context, await accountOf(id), addressOf(address))
}

/** Tests the key; a wrong one leaves the prompt open. */
export async function takeKey(
  context: WorkbenchContext,
  subject: string,
  key: string,
): Promise<void> {
  const { root, session } = context
  const [id = '', address = null] = subject.split(' ')
  const account = await accountOf(id)
  root.dispatch({ type: 'flash.shown', level: 'info', text: `Asking ${account.title} …` })
  const { models, isUsed } = await session.signIn(account, { key, address })
  root.dispatch({ type: 'overlay.closed' })
  root.dispatch({ type: 'flash.cleared' })
  const later =
    account.is === 'vendor' ? 'for the embedded server' : 'and used from the next start on'
  const when = isUsed ? 'and used' : later
  const found = key === '' ? 'it answers' : 'the key is good'
  session.notify('info', `${account.title}: ${found}. It is kept in your settings ${when}.`)
  if (!isUsed || models === null || session.store.state.agent === null) return
  const items = models.map((handle) => ({ id: handle, title: handle, detail: '', current: false }))
  pick(context, 'account.model', 'Model', items)
}

async function accountOf(id: string): Promise<Account> {
  const account = (await accounts()).find((one) => one.id === id)
  if (account !== undefined) return account
  throw new UserError(`There is nothing called "${id}" to connect.`, { hint: 'Choose: /connect' })
}
