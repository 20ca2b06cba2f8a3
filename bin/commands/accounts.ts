import type { SubcommandInvocation } from '../../lib/cli/parse.ts'
import { keptInKeychain } from '../../lib/session/accounts.ts'
import { SERVER_VARIABLES } from '../../lib/session/choose-server.ts'
import { EMBEDDED } from '../../lib/session/saved-accounts.ts'
import { toTerminalRow } from '../../lib/util/sanitize.ts'
import type { CliEnvironment } from '../io/cli-environment.ts'
import { createPrinter } from '../io/printer.ts'
import {
  accountRemoved,
  accountSelected,
  environmentWins,
  NO_ACCOUNTS,
  ON_THIS_MACHINE,
  SIGN_IN_KINDS,
} from '../messages.ts'
import { accountsOfUser } from '../server-environment.ts'

/** `letta accounts list`: a star marks the one that is used, which may be the embedded server. */
export async function listAccounts(
  cli: CliEnvironment,
  { flags }: SubcommandInvocation,
): Promise<number> {
  const { print, printJson, notify } = createPrinter(cli)
  const saved = accountsOfUser(cli)
  const { current } = saved
  const accounts = saved.list()
  const embedded = { name: EMBEDDED, server: null, isCloud: false, hasTokens: false }
  const all = [...accounts, { ...embedded, isInKeychain: false }].map((one) => {
    return { ...one, isCurrent: one.name === (current ?? EMBEDDED) }
  })
  if (flags.has('json')) return printJson(all)
  const width = Math.max(...all.map(({ name }) => name.length))
  for (const { name, server, isCurrent, hasTokens, isInKeychain } of all) {
    const kind =
      SIGN_IN_KINDS[hasTokens ? 'code' : 'key'] + (isInKeychain ? SIGN_IN_KINDS.keychain : '')
    const where = server === null ? ON_THIS_MACHINE : `${server}  ${kind}`
    print(toTerminalRow(`${isCurrent ? '*' : ' '} ${name.padEnd(width)}  ${where}`))
  }
  if (accounts.length === 0) notify(NO_ACCOUNTS)
  notifyEnvironment(cli)
  return 0
}

/** `letta accounts use NAME` */
export async function selectAccount(
  cli: CliEnvironment,
  { operands: [name = ''] }: SubcommandInvocation,
): Promise<number> {
  const { notify } = createPrinter(cli)
  await accountsOfUser(cli).use(name === EMBEDDED ? null : name)
  notify(accountSelected(name))
  notifyEnvironment(cli)
  return 0
}

/** `letta accounts remove NAME` */
export async function removeAccount(
  cli: CliEnvironment,
  { operands: [name = ''] }: SubcommandInvocation,
): Promise<number> {
  const { notify } = createPrinter(cli)
  const saved = accountsOfUser(cli)
  await saved.remove(name)
  notify(accountRemoved(name))
  for (const sentence of keptInKeychain(saved)) notify(sentence)
  return 0
}

/** Variables that choose another server than the account. */
export function notifyEnvironment(cli: CliEnvironment): void {
  const { notify } = createPrinter(cli)
  for (const name of SERVER_VARIABLES) {
    if (cli.env[name]) notify(environmentWins(name))
  }
}
