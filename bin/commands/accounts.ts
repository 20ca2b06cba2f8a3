import type { SubcommandInvocation } from '../../lib/cli/parse.ts'
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
  SIGN_IN_KINDS,
} from '../messages.ts'
import { accountsOfUser } from '../server-environment.ts'

/** `letta accounts list` */
export async function listAccounts(
  cli: CliEnvironment,
  { flags }: SubcommandInvocation,
): Promise<number> {
  const { print, printJson, notify } = createPrinter(cli)
  const saved = accountsOfUser(cli)
  const { current } = saved
  const all = saved.list().map((one) => ({ ...one, isCurrent: one.name === current }))
  if (flags.has('json')) return printJson(all)
  if (all.length === 0) notify(NO_ACCOUNTS)
  const width = Math.max(0, ...all.map(({ name }) => name.length))
  for (const { name, server, isCurrent, hasTokens, isInKeychain } of all) {
    const kind =
      SIGN_IN_KINDS[hasTokens ? 'code' : 'key'] + (isInKeychain ? SIGN_IN_KINDS.keychain : '')
    print(toTerminalRow(`${isCurrent ? '*' : ' '} ${name.padEnd(width)}  ${server}  ${kind}`))
  }
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
  await accountsOfUser(cli).remove(name)
  createPrinter(cli).notify(accountRemoved(name))
  return 0
}

/** Variables that choose another server than the account. */
export function notifyEnvironment(cli: CliEnvironment): void {
  const { notify } = createPrinter(cli)
  for (const name of SERVER_VARIABLES) {
    if (cli.env[name]) notify(environmentWins(name))
  }
}
