import { exampleAddress } from '../../lib/session/messages/accounts.ts'
import { commandReference } from '../../lib/util/references.ts'

/** Accounts and servers. */

export function verifying(account: string): string {
  return `Verifying ${account} …`
}

export function testing(address: string): string {
  return `Testing ${address} …`
}

/** `effect`: when the account is used. */
export function connected(
  account: string,
  { hasKey, effect }: { hasKey: boolean; effect: 'now' | 'embeddedServer' | 'restart' },
): string {
  return `${account}: ${hasKey ? KEY_VERIFIED : CONNECTION_VERIFIED}. ${EFFECTS[effect]}`
}

const KEY_VERIFIED = 'API key verified and saved'

/** @internal */
export const CONNECTION_VERIFIED = 'connection verified and saved'

const EFFECTS = {
  now: 'It is now in use.',
  embeddedServer: 'The embedded server uses it.',
  restart: 'It takes effect after a restart.',
} as const

export function connectingTo(server: string): string {
  return `Connecting to ${server} …`
}

export function accountInUse(name: string): string {
  return `${name} is now in use.`
}

export function unknownAccount(id: string): string {
  return `Unknown account "${id}".`
}

export function accountsHint(): string {
  return `Choose one with ${commandReference('account.choose')}.`
}

/** At the first start, after the providers and servers. */
export const FIRST_START = {
  local: { title: 'Model on this machine', detail: 'start Ollama or LM Studio, then look again' },
  demo: { title: 'Try the demo', detail: 'a scripted tour on a scratch copy' },
} as const

/** Ways to sign in to Letta Cloud, and the dialog that shows the code. */
export const SIGN_IN = {
  byCode: { title: 'Sign in with a browser', detail: 'confirm a code, on any machine' },
  byKey: { title: 'Enter an API key', detail: 'from app.letta.com' },
  requesting: 'Requesting a code …',
  code: 'Code',
  address: 'Address',
  waiting:
    'Waiting until you confirm the code at this address, in a browser on any machine. Escape cancels.',
} as const

export const SWITCH_ACCOUNT = {
  embedded: 'Embedded server',
  embeddedDetail: 'on this machine',
  add: { title: 'Another server …', detail: 'sign in, or enter an address' },
} as const

export const enterAddress = (type: 'provider' | 'server'): string =>
  `Address, for example ${exampleAddress(type)}:`

export function enterKey(isOptional: boolean): string {
  const optional = isOptional ? '; leave it empty if none is required' : ''
  return `API key (verified, then stored in your private settings${optional}):`
}
