/** Texts that are secrets by their form, whoever they belong to. */
const SECRET_SHAPES: readonly RegExp[] = [
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

/**
 * Which texts are taken for secrets by their form: `none`; `complete` keys; or also `partial` ones, as providers quote them in
 * errors (`sk-proj-****cret`). The last would change ordinary text.
 */
type SecretForms = 'none' | 'complete' | 'partial'

const SHAPES: Readonly<Record<SecretForms, readonly RegExp[]>> = {
  none: [],
  complete: SECRET_SHAPES,
  partial: [
    ...SECRET_SHAPES,
    /\b(?:sk|pk|key|rk)-[\w*.-]{6,}/g,
    /(?<=\bbearer\s+)\S+/gi,
    /(?<=\/\/)[^/\s@]+(?=@)/g,
  ],
}

const REPLACEMENT = '[hidden]'

const SECRET_NAME = /(?:KEY|TOKEN|SECRET|PASSWORD|PASSPHRASE|CREDENTIALS?)$/i
/** A shorter value occurs in ordinary text as well. */
const MIN_SECRET_LENGTH = 6

/** The values of the environment variables that are secrets by their name. */
export function findSecrets(
  environment: Readonly<Record<string, string | undefined>>,
): readonly string[] {
  return Object.entries(environment).flatMap(([name, value]) =>
    SECRET_NAME.test(name) && value !== undefined && value.length >= MIN_SECRET_LENGTH
      ? [value]
      : [],
  )
}

/** Returns a function that removes the secrets, and what has the form of one, from all texts of a value, names of members included. */
export function createRedactor(secrets: readonly string[]): (value: unknown) => unknown {
  const redactText = createTextRedactor(secrets)
  const redact = (value: unknown): unknown => {
    if (typeof value === 'string') return redactText(value)
    if (Array.isArray(value)) return value.map(redact)
    if (typeof value !== 'object' || value === null) return value
    return Object.fromEntries(
      Object.entries(value).map(([key, inner]) => [redactText(key), redact(inner)]),
    )
  }
  return redact
}

/** The same for one text. A secret is also found escaped as in JSON or a URL, and with its line breaks made spaces. */
export function createTextRedactor(
  secrets: readonly string[],
  forms: SecretForms = 'complete',
): (text: string) => string {
  const spellings = secrets.flatMap((secret) => [
    secret,
    JSON.stringify(secret).slice(1, -1),
    encodeURIComponent(secret.toWellFormed()),
    secret.trim().replaceAll(/\s+/g, ' '),
  ])
  const longestFirst = [...new Set(spellings)].sort((one, other) => other.length - one.length)
  return (text) => {
    const known = longestFirst.reduce((left, secret) => left.replaceAll(secret, REPLACEMENT), text)
    return SHAPES[forms].reduce((left, shape) => left.replaceAll(shape, REPLACEMENT), known)
  }
}
