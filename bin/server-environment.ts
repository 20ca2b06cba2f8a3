import { openSavedAccounts, type SavedAccounts } from '../lib/session/saved-accounts.ts'
import { environmentOf, openSettings, type Settings } from '../lib/settings/settings.ts'
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

/** The environment for letta itself, with the keys of the settings and of the keychain. */
export async function serverEnvironment(
  cli: Pick<CliEnvironment, 'home' | 'lettaDirectory' | 'env'>,
  settings: Settings,
  saved = savedAccounts(cli, settings),
): Promise<Record<string, string | undefined>> {
  const environment = environmentOf(settings, cli.env)
  if (!settings.user.keychain) return environment
  return { ...(await saved.keychainVariables()), ...environment }
}
