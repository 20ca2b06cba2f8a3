import { isLoopbackHost } from '../../util/loopback.ts'
import { HttpError } from '../errors.ts'
import {
  CONTENT_TYPE_REQUIRED,
  CREDENTIALS_IN_URL,
  CROSS_SITE_NOT_ALLOWED,
  hostNotAllowed,
  ORIGIN_NOT_ALLOWED,
} from '../messages/serve.ts'

/**
 * Refuses requests that a web page in the user's browser could send: from another origin, or after DNS rebinding even
 * from the same one. Throws an `HttpError`. The token is checked elsewhere, on every route but health.
 * `hosts` are the accepted host names with their ports; null accepts all.
 */
export function guardRequest(request: Request, hosts: ReadonlySet<string> | null): void {
  const { method, headers } = request
  const host = headers.get('host')?.toLowerCase() ?? ''
  // The request line can contain a complete URL, which names a host a second time.
  const target = new URL(request.url)
  if (target.username !== '' || target.password !== '') {
    throw new HttpError(400, CREDENTIALS_IN_URL)
  }
  for (const name of [host, target.host]) {
    if (hosts === null || hosts.has(name)) continue
    throw new HttpError(421, hostNotAllowed(name))
  }
  const origin = headers.get('origin')
  if (origin !== null && origin.toLowerCase() !== `http://${host}`) {
    throw new HttpError(403, ORIGIN_NOT_ALLOWED)
  }
  if (headers.get('sec-fetch-site') === 'cross-site') {
    throw new HttpError(403, CROSS_SITE_NOT_ALLOWED)
  }
  if (method !== 'GET' && method !== 'HEAD' && hasBody(headers)) {
    const type = headers.get('content-type')?.split(';')[0]?.trim().toLowerCase()
    const isUpload = type === 'multipart/form-data' && UPLOADS.has(target.pathname)
    if (type !== 'application/json' && !isUpload) throw new HttpError(415, CONTENT_TYPE_REQUIRED)
  }
}

/** Where a file is sent as a form. The token protects it: no form of a web page has one. */
const UPLOADS: ReadonlySet<string> = new Set(['/v1/agents/import'])

function hasBody(headers: Headers): boolean {
  return headers.has('transfer-encoding') || Number(headers.get('content-length') ?? 0) > 0
}

/** The `Host` values of a server that only this machine can reach; null when others can reach it, by any name. */
export function allowedHosts(address: string, port: number): ReadonlySet<string> | null {
  if (!isLoopbackHost(address)) return null
  const own = address.includes(':') ? `[${address}]` : address
  const names = [own, '127.0.0.1', 'localhost', '[::1]']
  // Clients leave out the default port.
  const withoutPort = port === 80 ? names : []
  return new Set([...names.map((name) => `${name}:${port}`), ...withoutPort])
}
