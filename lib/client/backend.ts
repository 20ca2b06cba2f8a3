import { readAddress } from '../util/address.ts'
import { createUserError } from '../util/user-error.ts'
import { CLOUD_KEY_MISSING } from './messages.ts'

export const CLOUD_URL = 'https://api.letta.com'

/** Which Letta server to speak to, before anything is connected. */
export type BackendChoice =
  | { readonly type: 'embedded' }
  | { readonly type: 'cloud'; readonly apiKey: string }
  | { readonly type: 'selfHosted'; readonly url: string; readonly password: string | null }
  | AccountBackend

/** A server that the user has signed in to. */
export interface AccountBackend {
  readonly type: 'account'
  readonly name: string
  readonly url: string
  readonly isCloud: boolean
  readonly access: AccountAccess
}

/** The key or token of an account, which may be renewed while it is in use. */
export interface AccountAccess {
  /** Renewed when it is about to expire; empty for a server without a password. */
  token(): Promise<string>
  /** After the server has rejected a token: another one, or null. */
  renew(rejected: string): Promise<string | null>
  /** `report` receives what the user must know about renewals from now on. */
  reportTo(report: (notice: string) => void): void
}

/**
 * The flag wins (`embedded`, `cloud` or an address), then `LETTA_BASE_URL`, then `LETTA_API_KEY`; without any of them the
 * embedded server.
 */
export function chooseBackend(
  flag: string | null,
  environment: Readonly<Record<string, string | undefined>>,
): BackendChoice {
  // A key copied from a file or the clipboard often ends with a line break.
  const set = (name: string): string | null => environment[name]?.trim() || null
  const key = set('LETTA_API_KEY')
  const url = set('LETTA_BASE_URL')
  const password = set('LETTA_SERVER_PASSWORD') ?? key
  if (flag === 'embedded') return { type: 'embedded' }
  if (flag === 'cloud') return cloud(key)
  if (flag !== null) return { type: 'selfHosted', url: flag, password }
  if (url !== null) return { type: 'selfHosted', url: readAddress(url) ?? url, password }
  return key === null ? { type: 'embedded' } : cloud(key)
}

/** The key for a server's ids in the settings: contains no credentials, and is the same for every spelling of its URL. */
export function serverName(backend: BackendChoice): string {
  if (backend.type === 'embedded') return 'embedded'
  if (backend.type === 'cloud') return CLOUD_URL
  const address = serverAddress(backend.url)
  // Further accounts on the same server have other agents.
  if (backend.type !== 'account' || backend.name === defaultAccountName(backend)) return address
  return `${address}#${backend.name}`
}

/** The name of the first account on a server. */
export function defaultAccountName({
  url,
  isCloud,
}: Pick<AccountBackend, 'url' | 'isCloud'>): string {
  if (isCloud) return 'cloud'
  return URL.canParse(url) ? new URL(url).host : url
}

export function serverAddress(url: string): string {
  if (!URL.canParse(url)) return url
  const { origin, pathname } = new URL(url)
  return origin + pathname.replace(/\/+$/, '')
}

function cloud(apiKey: string | null): BackendChoice {
  if (apiKey !== null) return { type: 'cloud', apiKey }
  throw createUserError(CLOUD_KEY_MISSING)
}
