import { type AccountBackend, CLOUD_URL } from '../client/backend.ts'
import { connect } from '../client/connect.ts'
import type { Tokens } from '../client/device-sign-in.ts'
import { isStatus } from '../client/errors.ts'
import { createGateway } from '../client/gateway/gateway.ts'
import { endpointRequiresKey, listProviderModels, listProviders } from '../client/providers.ts'
import type { Settings } from '../settings/settings.ts'
import { readAddress } from '../util/address.ts'
import { createUserError, type MessageWithHint, UserError } from '../util/user-error.ts'
import { SERVER_VARIABLES } from './choose-server.ts'
import {
  accountsDeleted,
  deletedFromKeychain,
  invalidUrl,
  keyHasInvalidCharacters,
  LETTA_CLOUD,
  leftInKeychain,
  NOTHING_STORED,
  noKeyEntered,
  OPENAI_COMPATIBLE_ENDPOINT,
  SELF_HOSTED_SERVER,
  savedWithoutKeychain,
  signedOut,
  stillSet,
  URL_CONTAINS_PASSWORD,
  variableInTheWay,
} from './messages/accounts.ts'
import type { NewAccount, SavedAccounts } from './saved-accounts.ts'

/** A model provider or Letta server to sign in to. Credentials are saved as environment variables in the settings. */
export interface Account {
  /** `anthropic`, `endpoint`, `cloud` … */
  readonly id: string
  readonly title: string
  readonly keyVariable: string
  /** Null when the address is fixed. */
  readonly addressVariable: string | null
  /**
   * Variables that would send this key to another server, or another key to this one: deleted from the settings when the key is
   * saved; signing in is refused when they are set in the environment.
   */
  readonly replaces: readonly string[]
  readonly type: 'provider' | 'server'
}

export interface Credentials {
  /** Empty for an endpoint that requires none. */
  readonly key: string
  readonly address: string | null
}

/** Where credentials are saved. */
export interface CredentialStore {
  readonly settings: Settings
  readonly saved: SavedAccounts
}

export interface SignedIn {
  readonly variables: Readonly<Record<string, string>>
  /** The environment with these variables, without those that they replace. */
  readonly environment: AccountVariables
  /** Handles of the provider's models; null for a server. */
  readonly models: readonly string[] | null
  /** The server from then on; null for a provider. */
  readonly backend: AccountBackend | null
  /** The secret is in a file, against the setting; null otherwise. */
  readonly withoutKeychain: MessageWithHint | null
}

type AccountVariables = Readonly<Record<string, string | undefined>>

export const ENDPOINT: Account = {
  id: 'endpoint',
  title: OPENAI_COMPATIBLE_ENDPOINT,
  keyVariable: 'OPENAI_API_KEY',
  addressVariable: 'OPENAI_BASE_URL',
  replaces: ['OPENAI_API_KEY'],
  type: 'provider',
}

export const CLOUD: Account = {
  id: 'cloud',
  title: LETTA_CLOUD,
  keyVariable: 'LETTA_API_KEY',
  addressVariable: null,
  replaces: ['LETTA_BASE_URL'],
  type: 'server',
}

/** Its password is not saved as LETTA_SERVER_PASSWORD, which `letta serve` would then require from its clients. */
export const SELF_HOSTED: Account = {
  id: 'server',
  title: SELF_HOSTED_SERVER,
  keyVariable: 'LETTA_API_KEY',
  addressVariable: 'LETTA_BASE_URL',
  replaces: ['LETTA_API_KEY', 'LETTA_SERVER_PASSWORD'],
  type: 'server',
}

export async function accounts(): Promise<readonly Account[]> {
  const providers = (await listProviders()).map(
    ({ id, title, keyVariable, baseUrlVariable }): Account => ({
      id,
      title,
      keyVariable,
      addressVariable: null,
      replaces: [baseUrlVariable],
      type: 'provider',
    }),
  )
  return [...providers, ENDPOINT, CLOUD, SELF_HOSTED]
}

/**
 * Verifies credentials with their server and saves them: those of a provider in the user's settings, those of a Letta server as
 * an account (with `name`, or the usual one of the server). Throws a `UserError`, and saves nothing, when they are wrong.
 */
export async function signIn(
  { settings, saved }: CredentialStore,
  account: Account,
  given: Credentials,
  environment: AccountVariables,
  name: string | null = null,
): Promise<SignedIn> {
  const { key, address } = checkCredentials(account, given)
  assertNoMixture(settings, account, { key, address }, environment)
  if (account.type === 'server') {
    const server = address ?? saved.cloudUrl
    await reachServer(key, server)
    return saveServer({ settings, saved }, { name, server, secret: key }, environment)
  }
  const provider = account.id === ENDPOINT.id ? 'openai' : account.id
  const models = await listProviderModels(provider, { key, address })
  const variables = {
    ...(key === '' ? {} : { [account.keyVariable]: key }),
    ...(account.addressVariable === null || address === null
      ? {}
      : { [account.addressVariable]: address }),
  }
  const isForKeychain = settings.user.keychain && key !== ''
  const isSecretElsewhere = isForKeychain && (await saved.saveVariable(account.keyVariable, key))
  const withoutKeychain = keychainNotUsed(saved)
  const written = isSecretElsewhere ? without(variables, [account.keyVariable]) : variables
  const replaced = isSecretElsewhere ? [...account.replaces, account.keyVariable] : account.replaces
  await saved.removeVariables(account.replaces.filter((one) => !(one in variables)))
  await settings.update('user', (value) => ({
    ...value,
    env: { ...without(value['env'], replaced), ...written },
  }))
  const others = Object.entries(environment).filter(([one]) => !account.replaces.includes(one))
  return {
    variables,
    models,
    backend: null,
    withoutKeychain,
    environment: { ...Object.fromEntries(others), ...variables },
  }
}

/** Signs in to Letta Cloud with the tokens that a confirmed code has given. */
export async function signInWithTokens(
  store: CredentialStore,
  tokens: Tokens,
  environment: AccountVariables,
  name: string | null = null,
): Promise<SignedIn> {
  return saveServer(store, { name, server: store.saved.cloudUrl, secret: tokens }, environment)
}

/** A server of the environment would be used in place of the one to sign in to. Throws a `UserError`. */
export function assertNoServerVariables(
  { settings }: CredentialStore,
  environment: AccountVariables,
): void {
  const server = { ...CLOUD, replaces: SERVER_VARIABLES }
  assertNoMixture(settings, server, { key: '', address: null }, environment)
}

/** Variables of the settings that name a server would take precedence over the account: they become an account, too. */
async function saveServer(
  { settings, saved }: CredentialStore,
  account: NewAccount,
  environment: AccountVariables,
): Promise<SignedIn> {
  const {
    LETTA_BASE_URL: url,
    LETTA_API_KEY: key,
    LETTA_SERVER_PASSWORD: password,
  } = settings.user.env
  const onServer = password ?? key ?? ''
  if (url) await saved.keep(url, onServer)
  // Without an address, and next to the password of one, it is the key of Letta Cloud.
  const isOfCloud = !url || key !== onServer
  if (key && isOfCloud) await saved.keep(CLOUD_URL, key)
  const backend = await saved.save(account)
  const withoutKeychain = keychainNotUsed(saved)
  if (SERVER_VARIABLES.some((one) => one in settings.user.env)) {
    await settings.update('user', (value) => ({
      ...value,
      env: without(value['env'], SERVER_VARIABLES),
    }))
  }
  return {
    variables: {},
    models: null,
    backend,
    withoutKeychain,
    environment: without(environment, SERVER_VARIABLES),
  }
}

function keychainNotUsed(saved: SavedAccounts): MessageWithHint | null {
  const problem = saved.takeKeychainProblem()
  return problem && savedWithoutKeychain(problem)
}

/** Tests an address before a key is asked for. Throws a `UserError` when nothing answers there, or something else. */
export async function requiresKey({ type }: Account, address: string): Promise<boolean> {
  if (type === 'provider') return endpointRequiresKey(address)
  try {
    await reachServer('', address)
    return false
  } catch (thrown) {
    if (thrown instanceof UserError && isStatus(thrown.cause, 401, 403)) return true
    throw thrown
  }
}

/**
 * Deletes every account, key and address that signing in has saved. Returns sentences: which, and which keys the environment
 * still sets.
 */
export async function signOut(
  { settings, saved }: CredentialStore,
  environment: AccountVariables,
): Promise<readonly string[]> {
  const all = await accounts()
  const known = all.flatMap(({ keyVariable, addressVariable, replaces }) => [
    keyVariable,
    ...(addressVariable === null ? [] : [addressVariable]),
    ...replaces,
  ])
  const inSettings = Object.keys(settings.user.env).filter((name) => known.includes(name))
  // Also when nothing is stored: a file that cannot be read may contain keys, and updating it reports that.
  await settings.update('user', (value) =>
    value['env'] === undefined ? value : { ...value, env: without(value['env'], known) },
  )
  const unused = saved.left.names
  const stored = [...inSettings, ...(await saved.removeVariables(known))]
  const servers = saved.list().map(({ name }) => name)
  for (const name of servers) await saved.remove(name)
  const keys = new Set(all.map(({ keyVariable }) => keyVariable))
  const left = [...keys].filter((name) => environment[name])
  const swept = unused.filter((name) => !saved.left.names.includes(name))
  return [
    ...(servers.length === 0 ? [] : [accountsDeleted(servers)]),
    ...(stored.length === 0 ? [] : [signedOut(stored)]),
    ...(swept.length === 0 ? [] : [deletedFromKeychain(swept)]),
    ...(stored.length + servers.length + swept.length === 0 ? [NOTHING_STORED] : []),
    ...keptInKeychain(saved),
    ...(left.length === 0 ? [] : [stillSet(left)]),
  ]
}

/** Sentences about secrets that signing out could not delete from the keychain; none when it could. */
export function keptInKeychain({ left }: Pick<SavedAccounts, 'left'>): readonly string[] {
  if (left.problem === null) return []
  const { message, hint } = leftInKeychain(left.names, left.problem.message)
  return [message, hint]
}

/** An address as the user typed it. Throws a `UserError` when it is not valid. */
export function parseServerUrl(written: string, type: Account['type']): string {
  const address = readAddress(written)
  if (address === null) throw createUserError(invalidUrl(written.trim(), type))
  const { username, password } = new URL(address)
  if (username + password !== '') {
    throw createUserError(URL_CONTAINS_PASSWORD)
  }
  return address
}

function checkCredentials(
  { title, addressVariable, type }: Account,
  given: Credentials,
): Credentials {
  const key = given.key.trim()
  const address =
    addressVariable === null ? given.address : parseServerUrl(given.address ?? '', type)
  if (addressVariable === null && key === '') {
    throw new UserError(noKeyEntered(title))
  }
  // Other characters come from a faulty copy and are not valid in an HTTP header.
  if (!/^[\x21-\x7e]*$/.test(key)) {
    throw new UserError(keyHasInvalidCharacters(title))
  }
  return { key, address }
}

/** The environment takes precedence over the settings, so a key could go to the wrong address. */
function assertNoMixture(
  settings: Settings,
  { replaces }: Account,
  { key, address }: Credentials,
  environment: AccountVariables,
): void {
  const name = replaces.find((one) => {
    const value = environment[one]
    return value && ![settings.user.env[one], key, address].includes(value)
  })
  if (name === undefined) return
  throw createUserError(variableInTheWay(name))
}

async function reachServer(key: string, url: string): Promise<void> {
  const password = key === '' ? null : key
  const gateway = createGateway(await connect({ type: 'selfHosted', url, password }))
  try {
    await gateway.agents.list()
  } finally {
    await gateway.close()
  }
}

function without<Value>(
  variables: Readonly<Record<string, Value>> | unknown,
  names: readonly string[],
): Record<string, Value> {
  const entries = Object.entries<Value>(Object(variables))
  return Object.fromEntries(entries.filter(([name]) => !names.includes(name)))
}
