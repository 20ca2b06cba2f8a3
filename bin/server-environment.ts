import { openSavedAccounts, type SavedAccounts } from '../lib/session/saved-accounts.ts'
import { environmentOf, openSettings, type Settings } from '../lib/settings/settings.ts'
import type { CliEnvironment } from './io/cli-environment.ts'

/** The accounts of the user, by the settings. */
export function savedAccounts(
  { home, env }: Pick<CliEnvironment, 'home' | 'env'>,
  settings: Settings,
  hide: (secret: string) => void = () => {},
): SavedAccounts {
  const usesKeychain = settings.user.keychain
  return openSavedAccounts({ home, usesKeychain, environment: env, hide })
}

/** The accounts, for commands that concern no project. */
export function accountsOfUser(cli: Pick<CliEnvironment, 'home' | 'env'>): SavedAccounts {
  return savedAccounts(cli, openSettings({ home: cli.home, directory: cli.home }))
}

/** The environment for letta itself, with the keys of the settings and of the keychain. */
export async function serverEnvironment(
  cli: Pick<CliEnvironment, 'home' | 'env'>,
  settings: Settings,
  saved = savedAccounts(cli, settings),
): Promise<Record<string, string | undefined>> {
  const environment = environmentOf(settings, cli.env)
  if (!settings.user.keychain) return environment
  return { ...(await saved.keychainVariables()), ...environment }
}
