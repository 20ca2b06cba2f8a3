import { keysNotRead } from '../lib/session/messages/accounts.ts'
import { openSavedAccounts, type SavedAccounts } from '../lib/session/saved-accounts.ts'
import { environmentOf, openSettings, type Settings } from '../lib/settings/settings.ts'
import type { MessageWithHint } from '../lib/util/user-error.ts'
import type { CliEnvironment } from './io/cli-environment.ts'

/** The accounts of the user, by the settings. */
export function savedAccounts(
  { lettaDirectory, env }: Pick<CliEnvironment, 'lettaDirectory' | 'env'>,
  settings: Settings,
  hide: (secret: string) => void = () => {},
): SavedAccounts {
  const usesKeychain = settings.user.keychain
  return openSavedAccounts({ lettaDirectory, usesKeychain, environment: env, hide })
}

/** The accounts, for commands that concern no project. */
export function accountsOfUser(
  cli: Pick<CliEnvironment, 'home' | 'lettaDirectory' | 'env'>,
): SavedAccounts {
  return savedAccounts(cli, openSettings({ ...cli, directory: cli.home }))
}

interface ServerEnvironment {
  readonly environment: Record<string, string | undefined>
  /** Keys that could not be read from the keychain; null when there are none. */
  readonly warning: MessageWithHint | null
}

/** The environment for letta itself, with the keys of the settings and of the keychain. */
export async function serverEnvironment(
  cli: Pick<CliEnvironment, 'home' | 'lettaDirectory' | 'env'>,
  settings: Settings,
  saved = savedAccounts(cli, settings),
): Promise<ServerEnvironment> {
  const environment = environmentOf(settings, cli.env)
  if (!settings.user.keychain) return { environment, warning: null }
  const { values, unread, problem } = await saved.keychainVariables(environment)
  return {
    environment: { ...values, ...environment },
    warning: problem && keysNotRead(unread, problem),
  }
}
