/** Texts that are keys by their looks, whoever's they are. */
const SHAPES = [
  /\b(?:sk|pk|rk)-[A-Za-z0-9_-]{16,}/g,
  /\b(?:gh[pousr]|github_pat)_[A-Za-z0-9_]{20,}/g,
  /\bxox[abeprs]-[A-Za-z0-9-]{10,}/g,
  /\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/g,
  /\bAIza[A-Za-z0-9_-]{30,}/g,
  /\beyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{5,}/g,
  /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g,
  /(?<=:\/\/)[^/\s:@]*:[^/\s@]+(?=@)/g,
  /(?<=\b[Bb]earer )[A-Za-z0-9._~+/=-]{8,}/g,
]

const HIDDEN = '[hidden]'

const SECRET_NAME = /(?:KEY|TOKEN|SECRET|PASSWORD|PASSPHRASE|CREDENTIALS?)$/i
const SHORTEST = 6

/** The values of an environment that are no one else's business. */
export function secretsOf(
  environment: Readonly<Record<string, string | undefined>>,
): readonly string[] {
  return Object.entries(environment).flatMap(([name, value]) =>
    SECRET_NAME.test(name) && value !== undefined && value.length >= SHORTEST ? [value] : [],
  )
}

/** A function that takes known secrets, and what looks like one, out of every text of a value, its keys included. */
export function redactor(secrets: readonly string[]): (value: unknown) => unknown {
  const clean = textRedactor(secrets)
  const redact = (value: unknown): unknown => {
    if (typeof value === 'string') return clean(value)
    if (Array.isArray(value)) return value.map(redact)
    if (typeof value !== 'object' || value === null) return value
    return Object.fromEntries(
      Object.entries(value).map(([key, inner]) => [clean(key), redact(inner)]),
    )
  }
  return redact
}

/** The same for one text. */
export function textRedactor(secrets: readonly string[]): (text: string) => string {
  const spelt = secrets.flatMap((secret) => [
    secret,
    JSON.stringify(secret).slice(1, -1),
    encodeURIComponent(secret.toWellFormed()),
  ])
  const longestFirst = [...new Set(spelt)].sort((one, other) => other.length - one.length)
  return (text) => {
    const known = longestFirst.reduce((left, secret) => left.replaceAll(secret, HIDDEN), text)
    return SHAPES.reduce((left, shape) => left.replaceAll(shape, HIDDEN), known)
  }
}
