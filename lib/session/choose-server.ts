import { type BackendChoice, chooseBackend } from '../client/backend.ts'
import { EMBEDDED, type SavedAccounts } from './saved-accounts.ts'

/** Variables that choose a Letta server before any account. The password is for `letta serve`, too, unless an address comes with it. */
export const SERVER_VARIABLES = ['LETTA_BASE_URL', 'LETTA_API_KEY']

interface ServerFlags {
  /** `--backend` */
  readonly backend: string | null
  /** `--account` */
  readonly account: string | null
}

/**
 * The Letta server to use: that of the flags, otherwise that of the environment and of `env` in the settings, otherwise the
 * account in use, otherwise the embedded one. `--backend` finds the account on that server. Throws a `UserError`.
 */
export function chooseServer(
  { backend, account }: ServerFlags,
  environment: Readonly<Record<string, string | undefined>>,
  saved: SavedAccounts,
): BackendChoice {
  if (account !== null) {
    return account === EMBEDDED ? { type: 'embedded' } : saved.backendOf(account)
  }
  const isNamed = SERVER_VARIABLES.some((name) => environment[name]?.trim())
  if (isNamed || backend === EMBEDDED) return chooseBackend(backend, environment)
  const name = backend === null ? saved.current : (saved.findOn(backend)?.name ?? null)
  return name === null ? chooseBackend(backend, environment) : saved.backendOf(name)
}
