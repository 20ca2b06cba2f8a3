/** The vendor's own sentence, from whichever of the usual shapes it came in. */
export function extractMessage(thrown: unknown): string {
  const body = parsed(field(thrown, 'responseBody'))
  const found =
    sentenceIn(field(body, 'error')) ??
    sentenceIn(body) ??
    sentenceIn(deepest(thrown)) ??
    sentenceIn(thrown)
  const line = (isUnreadable(thrown) ? unreadable : (found ?? '')).replace(/\s+/g, ' ').trim()
  return line.length > 400 ? `${line.slice(0, 400)}…` : line
}

/** The names and codes along the chain of causes, and those of the vendor's own error. */
export function collectCodes(thrown: unknown): readonly string[] {
  const body = parsed(field(thrown, 'responseBody'))
  const errors = [...causeChain(thrown), field(thrown, 'error'), field(body, 'error')]
  const codes = errors.flatMap((error) =>
    ['code', 'type', 'name'].map((name) => field(error, name)),
  )
  return codes.filter((code) => typeof code === 'string')
}

/** A member of an object that is not known; undefined when there is none. */
export function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined
}

const unreadable = 'what it sent is not understood'

function isUnreadable(thrown: unknown): boolean {
  return /TypeValidation|JSONParse|SyntaxError/.test(String(field(thrown, 'name')))
}

function sentenceIn(value: unknown): string | null {
  const places = [
    value,
    field(value, 'message'),
    field(value, 'error'),
    field(value, 'detail'),
    field(field(value, 'error'), 'message'),
    field(field(field(value, 'response'), 'error'), 'message'),
  ]
  const sentence = places.find((place) => typeof place === 'string' && place !== '')
  return typeof sentence === 'string' ? sentence : null
}

/** "fetch failed" says nothing; what failed is in its cause. */
function deepest(thrown: unknown): unknown {
  return causeChain(thrown).findLast((error) => sentenceIn(error) !== null)
}

/** What was thrown, and what was behind it. */
export function causeChain(thrown: unknown): readonly unknown[] {
  const chain: unknown[] = []
  for (
    let at = thrown;
    at !== undefined && at !== null && chain.length < 6;
    at = field(at, 'cause')
  ) {
    chain.push(at)
  }
  return chain
}

function parsed(text: unknown): unknown {
  if (typeof text !== 'string') return null
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
