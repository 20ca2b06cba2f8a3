/** Arguments whose value says it all when it is the only one. */
const TELLING = ['query', 'path', 'file_path', 'command', 'label']
const LONGEST = 50

/** One line for a call of a tool that is not ours: its arguments, the large ones by their size only. */
export function argumentsLabel(args: string): string {
  const entries = Object.entries(decodeObject(args)).filter(
    ([name]) => name !== 'request_heartbeat',
  )
  const [first] = entries
  if (first !== undefined && entries.length === 1) {
    const [name, value] = first
    if (TELLING.includes(name) && typeof value === 'string') return value
  }
  return entries.map(([name, value]) => `${name}=${valueLabel(value)}`).join(', ')
}

const LINES = 3
const CHARACTERS = 300

/** The beginning of an answer, for the transcript. */
export function clipAnswer(text: string, lines = LINES, characters = CHARACTERS): string {
  const clipped = text.split('\n').slice(0, lines).join('\n').slice(0, characters)
  return clipped === text ? text : `${clipped.trimEnd()}…`
}

function valueLabel(value: unknown): string {
  if (typeof value === 'string') return value.length > LONGEST ? '…' : `"${value}"`
  if (Array.isArray(value)) return `[${value.length} items]`
  if (typeof value === 'object' && value !== null) return `{${Object.keys(value).length} props}`
  return String(value)
}

function decodeObject(text: string): object {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? value : {}
  } catch (thrown) {
    // Still arriving.
    if (thrown instanceof SyntaxError) return {}
    throw thrown
  }
}
