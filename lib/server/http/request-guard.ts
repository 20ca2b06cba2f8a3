import { HttpError } from '../errors.ts'

/**
 * Whether a request that came in by a port may go on: a page in somebody's browser can send requests here too, and by
 * rebinding a name even as the same origin. The token is asked for elsewhere, on every route but health.
 */
export function guardRequest(request: Request, hosts: ReadonlySet<string> | null): void {
  const { method, headers } = request
  const host = headers.get('host')?.toLowerCase() ?? ''
  // A request may name its host a second time, with its target.
  const target = new URL(request.url)
  if (target.username !== '' || target.password !== '') {
    throw new HttpError(400, 'No login is taken from an address.')
  }
  for (const name of [host, target.host]) {
    if (hosts === null || hosts.has(name)) continue
    throw new HttpError(421, `Misdirected request: this server is not called "${name}".`)
  }
  const origin = headers.get('origin')
  if (origin !== null && origin.toLowerCase() !== `http://${host}`) {
    throw new HttpError(403, 'Requests of other origins are refused.')
  }
  if (headers.get('sec-fetch-site') === 'cross-site') {
    throw new HttpError(403, 'Cross-site requests are refused.')
  }
  if (method !== 'GET' && method !== 'HEAD' && hasBody(headers)) {
    const type = headers.get('content-type')?.split(';')[0]?.trim().toLowerCase()
    if (type !== 'application/json') throw new HttpError(415, 'Bodies are application/json here.')
  }
}

function hasBody(headers: Headers): boolean {
  return headers.has('transfer-encoding') || Number(headers.get('content-length') ?? 0) > 0
}

/** How this machine itself may call a server that only it can reach; null when others can reach it, by any name. */
export function allowedHosts(address: string, port: number): ReadonlySet<string> | null {
  if (!isLoopback(address)) return null
  const own = address.includes(':') ? `[${address}]` : address
  const names = [own, '127.0.0.1', 'localhost', '[::1]']
  // The usual port goes without saying.
  const unsaid = port === 80 ? names : []
  return new Set([...names.map((name) => `${name}:${port}`), ...unsaid])
}

export function isLoopback(address: string): boolean {
  return address === 'localhost' || address === '::1' || /^127(\.\d{1,3}){3}$/.test(address)
}
