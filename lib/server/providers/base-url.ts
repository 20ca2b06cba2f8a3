import { schemeFor } from '../../util/address.ts'

/** The address of an endpoint, and a second one to try where the first has no such path. */
interface BaseUrl {
  readonly baseUrl: string
  readonly otherBaseUrl?: string
}

/** Paths that people copy with the address. */
const ENDPOINT_PATH = /\/(chat\/completions|completions|responses|messages|models)$/
const VERSION_PATH = /\/v\d+\w*(\/\w+)?$/

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
