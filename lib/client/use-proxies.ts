import { BlockList, isIP } from 'node:net'
import { isErrno } from '../fs/errno.ts'
import { isLoopbackHost } from '../util/loopback.ts'
import { UserError } from '../util/user-error.ts'
import { invalidProxy, PROXY_CLOSED, proxyAnswered, throughProxy } from './messages.ts'

type ProxyVariables = Readonly<Record<string, string | undefined>>

/**
 * Sends the requests of this process through the proxies that HTTPS_PROXY, HTTP_PROXY and ALL_PROXY name, except to hosts in NO_PROXY
 * and to this machine. The names in lower case take precedence, as in other programs. Throws a `UserError` for an invalid address.
 */
export async function useProxies(environment: ProxyVariables): Promise<void> {
  const all = addressOf(environment, 'ALL_PROXY')
  const httpProxy = addressOf(environment, 'HTTP_PROXY') ?? all
  const httpsProxy = addressOf(environment, 'HTTPS_PROXY') ?? all
  if (httpProxy === null && httpsProxy === null) return
  const loaded = await import('undici')
  // A CommonJS package: in the bundle its names are only on the default export, from source on the module.
  const undici = 'Agent' in loaded ? loaded : (Object(loaded).default as typeof loaded)
  const { Agent, Dispatcher, EnvHttpProxyAgent, Pool, setGlobalDispatcher } = undici
  const direct = new Agent()
  const proxies = new EnvHttpProxyAgent({
    // An empty text is no proxy; a missing one would be looked up in the environment of the process.
    httpProxy: httpProxy ?? '',
    httpsProxy: httpsProxy ?? '',
    noProxy: '',
    // Most proxies allow tunnels to the port of HTTPS only.
    proxyTunnel: false,
    clientFactory(origin: URL, options: object) {
      const pool = new Pool(origin, options)
      const connect = pool.connect.bind(pool) as (request: object) => Promise<unknown>
      return Object.assign(pool, { connect: (request: object) => connect(request).catch(closed) })
    },
  } as ConstructorParameters<typeof EnvHttpProxyAgent>[0])
  const excepted = (variableOf(environment, 'NO_PROXY') ?? '').split(/[,\s]+/).filter(Boolean)
  type Dispatch = InstanceType<typeof Dispatcher>['dispatch']
  class Proxies extends Dispatcher {
    override dispatch(...[options, handler]: Parameters<Dispatch>): boolean {
      const url = new URL(String(options.origin))
      if (isOnThisMachine(url.hostname) || excepted.some((entry) => covers(entry, url))) {
        return direct.dispatch(options, handler)
      }
      const proxy = url.protocol === 'https:' ? httpsProxy : httpProxy
      const named = proxy === null ? handler : withProxyName(handler, withoutCredentials(proxy))
      return proxies.dispatch(options, named)
    }
  }
  setGlobalDispatcher(new Proxies())
}

/** A connection that the proxy closes in place of an answer would be made again without end. */
function closed(thrown: unknown): never {
  throw isErrno(thrown, 'UND_ERR_SOCKET') ? new Error(PROXY_CLOSED) : thrown
}

/** The same for the variables of the user's settings, which name a proxy for letta only. The environment was applied before. */
export async function useProxiesOfSettings(
  set: ProxyVariables,
  environment: ProxyVariables,
): Promise<void> {
  if (Object.keys(set).some((name) => /_proxy$/i.test(name))) await useProxies(environment)
}

/** The proxy that a request was sent through; null for an error of another kind. */
export function proxyOf(error: unknown): string | null {
  return error instanceof Error && PROXY in error ? String(error[PROXY]) : null
}

const PROXY = Symbol('proxy')

/** Errors of the handler name the proxy, which is what the user has to look at. */
function withProxyName<Handler extends object>(handler: Handler, proxy: string): Handler {
  return new Proxy(handler, {
    get(target, property) {
      const value: unknown = Reflect.get(target, property)
      if (typeof value !== 'function') return value
      if (property !== 'onError' && property !== 'onResponseError') return value.bind(target)
      return (...values: unknown[]) => {
        const error = values.at(-1)
        const [, status] =
          /^Proxy response \((\d+)\)/.exec(error instanceof Error ? error.message : '') ?? []
        // An error of the request's own cancellation is passed on as it is.
        const isOwn = status === undefined && Object(error).name === 'AbortError'
        if (error instanceof Error && !isOwn && !(PROXY in error)) {
          const reason = status === undefined ? error.message : proxyAnswered(Number(status))
          Object.assign(error, { [PROXY]: proxy })
          error.message = throughProxy(reason, proxy)
        }
        return value.apply(target, values)
      }
    },
  })
}

/** What a proxy could not reach for this machine: also the names and forms that are most likely, but not certainly, this machine. */
function isOnThisMachine(hostname: string): boolean {
  const name = hostname.replace(/\.$/, '')
  return isLoopbackHost(name) || /(^|\.)localhost$|^\[::ffff:7f|^0\.0\.0\.0$/i.test(name)
}

/**
 * `*`, `example.org` with its subdomains, `.example.org`, `example.org:8080`, an address, a range of them as `10.0.0.0/8` or `10.*`,
 * `<local>` for names without a dot.
 */
function covers(written: string, { hostname, port, protocol }: URL): boolean {
  const entry = written.replace(/^https?:\/\//i, '').replace(/\/$/, '')
  if (entry === '*') return true
  const host = plainHost(hostname)
  if (entry.toLowerCase() === '<local>') return !/[.:]/.test(host)
  if (entry.includes('/')) return isInRange(host, entry)
  const [, name = entry, wanted] = /^(.*[^:]|\[.*\]):(\d+)$/.exec(entry) ?? []
  const actual = port || (protocol === 'https:' ? '443' : '80')
  if (wanted !== undefined && wanted !== actual) return false
  const domain = plainHost(name)
  if (/^[\d.]+\*$/.test(domain)) return host.startsWith(domain.slice(0, -1)) && isIP(host) !== 0
  const suffix = domain.replace(/^\*?\./, '')
  return host === suffix || host.endsWith(`.${suffix}`)
}

/** In lower case, without the brackets of an IPv6 address and the dot of a complete name. */
function plainHost(hostname: string): string {
  return hostname.toLowerCase().replace(/^\[|\]$|\.$/g, '')
}

/** Whether an address is in a range as `10.0.0.0/8`; false for a name, and for what is no range. */
function isInRange(host: string, range: string): boolean {
  const [network = '', length = ''] = range.replace(/[[\]]/g, '').split('/')
  const family = isIP(host)
  const bits = family === 4 ? 32 : 128
  if (family === 0 || isIP(network) !== family || !/^\d+$/.test(length) || Number(length) > bits) {
    return false
  }
  const type = family === 4 ? 'ipv4' : 'ipv6'
  const addresses = new BlockList()
  addresses.addSubnet(network, Number(length), type)
  return addresses.check(host, type)
}

function variableOf(environment: ProxyVariables, name: string): string | null {
  return environment[name.toLowerCase()] || environment[name] || null
}

/** `proxy:8080` is `http://proxy:8080`. */
function addressOf(environment: ProxyVariables, name: string): string | null {
  const value = variableOf(environment, name)?.trim()
  if (value === undefined || value === '') return null
  // As curl writes it: the proxy looks up names, which it does with any version.
  const address = value.includes('://') ? value.replace(/^socks5h:/i, 'socks5:') : `http://${value}`
  if (URL.canParse(address) && /^(https?|socks5?):$/.test(new URL(address).protocol)) return address
  throw new UserError(invalidProxy(name))
}

function withoutCredentials(address: string): string {
  const { protocol, host } = new URL(address)
  return `${protocol}//${host}`
}
