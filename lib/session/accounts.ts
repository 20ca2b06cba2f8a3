import { connect } from '../client/connect.ts'
import { createGateway } from '../client/gateway/gateway.ts'
import { listProviderModels, listProviders } from '../client/providers.ts'
import type { Settings } from '../settings/settings.ts'
import { UserError } from '../util/user-error.ts'

/** Somewhere to sign in to: a model vendor or a Letta server. What is given is kept as variables of the environment are. */
export interface Account {
  /** `anthropic`, `endpoint`, `cloud` … */
  readonly id: string
  readonly title: string
  readonly keyVariable: string
  /** Where an address is asked for too. */
  readonly addressVariable: string | null
  /** What would send the key elsewhere, or another key here: forgotten when the key is kept, refused when it is set outside. */
  readonly replaces: readonly string[]
  readonly type: 'vendor' | 'server'
}

export interface Credentials {
  /** Empty for an endpoint that wants none. */
  readonly key: string
  readonly address: string | null
}

export interface SignedIn {
  readonly variables: Readonly<Record<string, string>>
  /** The environment given, with these in the place of what they replace. */
  readonly environment: Environment
  /** Handles of the models that the vendor has; null of a server. */
  readonly models: readonly string[] | null
}

type Environment = Readonly<Record<string, string | undefined>>

const ENDPOINT: Account = {
  id: 'endpoint',
  title: 'An OpenAI-compatible endpoint',
  keyVariable: 'OPENAI_API_KEY',
  addressVariable: 'OPENAI_BASE_URL',
  replaces: ['OPENAI_API_KEY'],
  type: 'vendor',
}

export const CLOUD: Account = {
  id: 'cloud',
  title: 'Letta Cloud',
  keyVariable: 'LETTA_API_KEY',
  addressVariable: null,
  replaces: ['LETTA_BASE_URL'],
  type: 'server',
}

/** Its password is no LETTA_SERVER_PASSWORD: that is also what `letta serve` wants of others. */
export const OWN_SERVER: Account = {
  id: 'server',
  title: 'A Letta server of your own',
  keyVariable: 'LETTA_API_KEY',
  addressVariable: 'LETTA_BASE_URL',
  replaces: ['LETTA_API_KEY', 'LETTA_SERVER_PASSWORD'],
  type: 'server',
}

export async function accounts(): Promise<readonly Account[]> {
  const vendors = (await listProviders()).map(
    ({ id, title, keyVariable, baseUrlVariable }): Account => ({
      id,
      title,
      keyVariable,
      addressVariable: null,
      replaces: [baseUrlVariable],
      type: 'vendor',
    }),
  )
  return [...vendors, ENDPOINT, CLOUD, OWN_SERVER]
}

/** Tests what was given where it is for, and keeps it in the user's settings. Throws a `Problem`, and keeps nothing, when it is wrong. */
export async function signIn(
  settings: Settings,
  account: Account,
  given: Credentials,
  environment: Environment,
): Promise<SignedIn> {
  const { key, address } = checked(account, given)
  refuseMixture(settings, account, { key, address }, environment)
  const vendor = account.id === ENDPOINT.id ? 'openai' : account.id
  const models =
    account.type === 'vendor' ? await listProviderModels(vendor, { key, address }) : null
  if (account.type === 'server') await reachServer(key, address)
  const variables = {
    ...(key === '' ? {} : { [account.keyVariable]: key }),
    ...(account.addressVariable === null || address === null
      ? {}
      : { [account.addressVariable]: address }),
  }
  await settings.update('user', (value) => ({
    ...value,
    env: { ...without(value['env'], account.replaces), ...variables },
  }))
  const others = Object.entries(environment).filter(([name]) => !account.replaces.includes(name))
  return { variables, models, environment: { ...Object.fromEntries(others), ...variables } }
}

/** Forgets every key and address that signing in keeps; says which, and what the environment (without them) still holds. */
export async function signOut(
  settings: Settings,
  environment: Environment,
): Promise<readonly string[]> {
  const all = await accounts()
  const known = all.flatMap(({ keyVariable, addressVariable, replaces }) => [
    keyVariable,
    ...(addressVariable === null ? [] : [addressVariable]),
    ...replaces,
  ])
  const kept = Object.keys(settings.user.env).filter((name) => known.includes(name))
  // Also when nothing is to be seen: a file that cannot be read may hold keys, and is told.
  await settings.update('user', (value) =>
    value['env'] === undefined ? value : { ...value, env: without(value['env'], known) },
  )
  const keys = new Set(all.map(({ keyVariable }) => keyVariable))
  return partingWords(
    kept,
    [...keys].filter((name) => environment[name]),
  )
}

function partingWords(forgotten: readonly string[], left: readonly string[]): readonly string[] {
  const listed = (names: readonly string[]): string => new Intl.ListFormat('en').format(names)
  const isOne = (names: readonly string[]): boolean => names.length === 1
  return [
    forgotten.length === 0
      ? 'No key is stored.'
      : `Signed out: ${listed(forgotten)} ${isOne(forgotten) ? 'is' : 'are'} forgotten.`,
    ...(left.length === 0
      ? []
      : [
          `${listed(left)} ${isOne(left) ? 'is set in the environment, and stays' : 'are set in the environment, and stay'} in force there.`,
        ]),
  ]
}

/** The address that was meant, also when its `http://` to this machine was left out. Throws a `Problem` when it is none. */
export function addressOf(written: string): string {
  const plain = written.trim().replace(/\/+$/, '')
  const isHere = /^(localhost|127\.0\.0\.1|\[::1\]):\d+(\/|$)/i.test(plain)
  const address = isHere ? `http://${plain}` : plain
  if (!URL.canParse(address) || !/^https?:\/\//.test(address)) {
    throw new UserError(`"${address}" is no address.`, {
      hint: 'Write it like http://localhost:8080/v1',
    })
  }
  const { username, password } = new URL(address)
  if (username + password !== '') {
    throw new UserError('The address holds a password, and addresses are shown.', {
      hint: 'Leave it out of the address: it is asked for by itself.',
    })
  }
  return address
}

function checked({ title, addressVariable }: Account, given: Credentials): Credentials {
  const key = given.key.trim()
  const address = addressVariable === null ? given.address : addressOf(given.address ?? '')
  if (addressVariable === null && key === '') {
    throw new UserError(`${title}: no key was given.`)
  }
  // A key is one word of printable letters; anything else is a slip of the clipboard, and no header takes it.
  if (!/^[\x21-\x7e]*$/.test(key)) {
    throw new UserError(`${title}: that is no key: it has spaces or letters that no key has.`)
  }
  return { key, address }
}

/** What is set outside wins over what is kept, and so one's key would go to another's address. */
function refuseMixture(
  settings: Settings,
  { replaces }: Account,
  { key, address }: Credentials,
  environment: Environment,
): void {
  const name = replaces.find((one) => {
    const value = environment[one]
    return value && ![settings.user.env[one], key, address].includes(value)
  })
  if (name === undefined) return
  throw new UserError(`${name} is set in the environment, and would be used with it.`, {
    hint: `First: unset ${name}`,
  })
}

async function reachServer(key: string, address: string | null): Promise<void> {
  const gateway = createGateway(
    await connect(
      address === null
        ? { type: 'cloud', apiKey: key }
        : { type: 'selfHosted', url: address, password: key === '' ? null : key },
    ),
  )
  try {
    await gateway.listAgents()
  } finally {
    await gateway.close()
  }
}

function without(variables: unknown, names: readonly string[]): Record<string, unknown> {
  const entries = Object.entries(Object(variables))
  return Object.fromEntries(entries.filter(([name]) => !names.includes(name)))
}
