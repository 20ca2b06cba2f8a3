/**
 * The host, with its port and path: a name in lower case (`MyHost:8080` is refused), as no key is written, or an address in
 * brackets.
 */
const WITHOUT_SCHEME =
  /^(?:\[[0-9a-f:]+\]|[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63})*)(?::\d+)?(?:\/\S*)?$/

/** With its scheme or its port: a key that was typed in its place is not sent anywhere. */
const WITH_SCHEME_OR_PORT = /^(https?:\/\/|(\[[0-9a-f:]+\]|[\w.-]+):\d+(\/|$)|localhost(\/|$))/i

/** A name can begin like an address: `10.example.com` is on no local network. */
const LOCAL_HOST =
  /^((127|10)(\.\d+){1,3}|(192\.168|172\.(1[6-9]|2\d|3[01])|169\.254)(\.\d+){1,2}|0\.0\.0\.0|\[::1?\]|[^.:/]+|[^/]*\.(local|internal|lan|home|localhost))([:/]|$)/i

/** An address of a server as people write it, also without `http://`, but not one word; null for any other text. */
export function readAddress(written: string): string | null {
  const plain = written.trim().replace(/\/+$/, '')
  const isComplete = /^https?:\/\//i.test(plain)
  if (!isComplete && !(WITHOUT_SCHEME.test(plain) && /[.:/]/.test(plain))) return null
  const address = isComplete ? plain : `${schemeFor(plain)}://${plain}`
  return URL.canParse(address) ? address : null
}

/** Whether a text can only be meant as an address, valid or not, where a name is expected, too. */
export function isMeantAsAddress(written: string): boolean {
  return WITH_SCHEME_OR_PORT.test(written)
}

/** A server on this machine or network rarely has a certificate. */
export function schemeFor(address: string): 'http' | 'https' {
  return LOCAL_HOST.test(address) ? 'http' : 'https'
}

/** Whether the address is on this machine or its network, where models may be slow. */
export function isLocalUrl(url: string): boolean {
  return URL.canParse(url) && LOCAL_HOST.test(new URL(url).host)
}
