import { isLoopbackHost } from '../util/loopback.ts'
import { UserError } from '../util/user-error.ts'
import { invalidProxy, throughProxy } from './messages.ts'

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
  const { Agent, Dispatcher, EnvHttpProxyAgent, setGlobalDispatcher } = undici
  const direct = new Agent()
  const proxies = new EnvHttpProxyAgent({
    // An empty text is no proxy; a missing one would be looked up in the environment of the process.
    httpProxy: httpProxy ?? '',
    httpsProxy: httpsProxy ?? '',
    noProxy: '',
    // Most proxies allow tunnels to the port of HTTPS only.
    proxyTunnel: false,
  })
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
        // An error of the request's own cancellation is passed on as it is.
        if (error instanceof Error && error.name !== 'AbortError' && !(PROXY in error)) {
          Object.assign(error, { [PROXY]: proxy })
          error.message = throughProxy(error.message, proxy)
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

/** `*`, `example.org` with its subdomains, `.example.org`, `example.org:8080`, an address. */
function covers(entry: string, { hostname, port, protocol }: URL): boolean {
  if (entry === '*') return true
  const [, name = entry, wanted] = /^(.*[^:]):(\d+)$/.exec(entry) ?? []
  const actual = port || (protocol === 'https:' ? '443' : '80')
  if (wanted !== undefined && wanted !== actual) return false
  const [host, domain] = [hostname, name].map((one) => one.toLowerCase().replace(/^\[|\]$/g, ''))
  const suffix = domain?.replace(/^\*?\./, '') ?? ''
  return host === suffix || host?.endsWith(`.${suffix}`) === true
}

function variableOf(environment: ProxyVariables, name: string): string | null {
  return environment[name.toLowerCase()] || environment[name] || null
}

/** `proxy:8080` is `http://proxy:8080`. */
function addressOf(environment: ProxyVariables, name: string): string | null {
  const value = variableOf(environment, name)?.trim()
  if (value === undefined || value === '') return null
  const address = value.includes('://') ? value : `http://${value}`
  if (URL.canParse(address) && /^(https?|socks5?):$/.test(new URL(address).protocol)) return address
  throw new UserError(invalidProxy(name))
}

function withoutCredentials(address: string): string {
  const { protocol, host } = new URL(address)
  return `${protocol}//${host}`
}
