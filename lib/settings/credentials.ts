import { Problem } from '../problem.ts'
import { isObject, type JsonObject } from './json.ts'
import { CONNECTIONS, type ConnectionId, type Service } from './services.ts'
import type { Settings } from './settings.ts'

/** How a service is reached. */
export interface Access {
  readonly key: string | null
  readonly address: string | null
}

/** As `connections` of the user's settings keeps them. */
export type Connections = Readonly<
  Record<string, { readonly key?: string | undefined; readonly address?: string | undefined }>
>

type Environment = Readonly<Record<string, string | undefined>>

/** What stands for the access in an environment. */
export function variablesOf({ connection }: Service, access: Access): Record<string, string> {
  return variables(connection, {
    key: access.key ?? undefined,
    address: access.address ?? undefined,
  })
}

/** The variables of what is kept. A connection of which anything is set already counts for nothing: keys are not mixed. */
export function keptVariables(kept: Connections, set: Environment): Record<string, string> {
  const all = connectionIds.flatMap((id) => {
    const { key, address } = CONNECTIONS[id]
    const found = kept[id]
    return found === undefined || set[key] || set[address] ? [] : [variables(id, found)]
  })
  return Object.assign({}, ...all)
}

/** The environment with this access in the place of what the service was reached by before. */
export function environmentWith(
  environment: Environment,
  service: Service,
  access: Access,
): Record<string, string | undefined> {
  const { key, address } = CONNECTIONS[service.connection]
  const { [key]: _key, [address]: _address, ...others } = environment
  return { ...others, ...variablesOf(service, access) }
}

/** Refuses when the service's variables are set from outside: they would win over what is kept. */
export function refuseWhenSet(
  { connection, title }: Service,
  kept: Connections,
  environment: Environment,
): void {
  const own = variables(connection, kept[connection] ?? {})
  const names = Object.values(CONNECTIONS[connection])
  const name = names.find((one) => environment[one] && environment[one] !== own[one])
  if (name === undefined) return
  throw new Problem(`${title}: ${name} is set already, and wins over what is kept here.`, {
    hint: `Change it where it is set (your shell, or "env" of ~/.letta/settings.json), or: unset ${name}`,
  })
}

/** What was typed or piped in as a key; a wrong one is never repeated in the message. */
export function checkedKey({ title, keyName, needsKey }: Service, typed: string): string | null {
  const key = typed.trim()
  if (key === '' && !needsKey) return null
  if (key === '') throw new Problem(`No ${keyName} was given for ${title}.`)
  if (/^[\x21-\x7e]{1,4096}$/.test(key)) return key
  throw new Problem(`That is no ${keyName} for ${title}: it is one word, without spaces.`)
}

export function checkedAddress(typed: string): string {
  const address = typed.trim().replace(/\/+$/, '')
  const url = URL.canParse(address) ? new URL(address) : null
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw new Problem('That is no http address.', { hint: 'Write it like http://localhost:8283' })
  }
  if (url.username + url.password === '') return address
  throw new Problem('The address holds a password, and addresses are shown.', {
    hint: 'Leave it out of the address: it is asked for by itself.',
  })
}

/** Who sits on the way can read the key; null when nobody does. */
export function keyWarning({ key, address }: Access): string | null {
  if (key === null || address === null) return null
  const { protocol, hostname } = new URL(address)
  const isOwn = /^(localhost|127(\.\d+){3}|\[::1\])$/.test(hostname)
  return protocol === 'https:' || isOwn
    ? null
    : `${address} is not encrypted: what is sent there, the key too, can be read on the way.`
}

type Keeper = Pick<Settings, 'update'>

export async function keepAccess(
  settings: Keeper,
  { connection }: Service,
  { key, address }: Access,
): Promise<void> {
  const kept = { ...(key === null ? {} : { key }), ...(address === null ? {} : { address }) }
  await settings.update('user', (value) => ({
    ...value,
    connections: { ...objectOf(value['connections']), [connection]: kept },
  }))
}

/** Takes away what is kept, and the keys that stand among the variables of the user's settings. */
export async function forgetAccess(settings: Keeper): Promise<void> {
  await settings.update('user', (value) => {
    const { connections: _connections, ...others } = value
    if (value['env'] === undefined) return others
    const env = Object.entries(objectOf(value['env'])).filter(([name]) => !VARIABLES.has(name))
    return { ...others, env: Object.fromEntries(env) }
  })
}

/** Names of variables that still lead somewhere when nothing is kept. */
export function setOutside(environment: Environment): readonly string[] {
  return [...VARIABLES].filter((name) => environment[name])
}

const connectionIds = Object.keys(CONNECTIONS) as readonly ConnectionId[]

const VARIABLES: ReadonlySet<string> = new Set([
  ...Object.values(CONNECTIONS).flatMap(({ key, address }) => [key, address]),
  'LETTA_SERVER_PASSWORD',
])

function variables(id: ConnectionId, { key, address }: Connections[string]) {
  const names = CONNECTIONS[id]
  const set: Record<string, string> = {}
  if (key) set[names.key] = key
  if (address) set[names.address] = address
  return set
}

function objectOf(value: unknown): JsonObject {
  return isObject(value) ? value : {}
}
