/** The address of an endpoint, and a second one to try where the first has no such path. */
interface BaseUrl {
  readonly baseUrl: string
  readonly otherBaseUrl?: string
}

/** Paths that people copy with the address. */
const ENDPOINT_PATH = /\/(chat\/completions|completions|responses|messages|models)$/
const VERSION_PATH = /\/v\d+\w*(\/\w+)?$/
const LOCAL_HOST =
  /^(localhost|127\.|10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.|169\.254\.|0\.0\.0\.0|\[::1?\]|[^.:/]+([:/]|$)|[^/]*\.(local|internal|lan|home|localhost)([:/]|$))/i

/**
 * Completes an address as people write it: without a scheme, without the version of the API, or with the path of a request.
 * Nearly all endpoints have the version in their path, some have none.
 */
export function readBaseUrl(written: string, version: string): BaseUrl {
  const plain = written
    .trim()
    .replace(/^['"]|['"]$/g, '')
    .replace(/\/+$/, '')
  const withScheme = /^https?:\/\//i.test(plain) ? plain : `${schemeFor(plain)}://${plain}`
  if (!URL.canParse(withScheme)) return { baseUrl: plain }
  const base = withScheme.replace(ENDPOINT_PATH, '').replace(/\/+$/, '')
  if (VERSION_PATH.test(base)) return { baseUrl: base }
  const versioned = `${base}/${version}`
  const hasPath = new URL(base).pathname !== '/'
  return hasPath
    ? { baseUrl: base, otherBaseUrl: versioned }
    : { baseUrl: versioned, otherBaseUrl: base }
}

/** A server on this machine or network rarely has a certificate. */
function schemeFor(address: string): 'http' | 'https' {
  return LOCAL_HOST.test(address) ? 'http' : 'https'
}

/** Whether the address is on this machine or its network, where models may be slow. */
export function isLocalUrl(url: string): boolean {
  return URL.canParse(url) && LOCAL_HOST.test(new URL(url).host)
}
