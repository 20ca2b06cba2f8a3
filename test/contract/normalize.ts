const KINDS = 'agent|block|tool|message|run|step|conv|passage|ping|user|org|archive'
const HEX = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}'
const IDS = new RegExp(`\\b(?:(${KINDS})-)?(${HEX})\\b`, 'g')
const TIMES = /\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)?/g
const STAMPS = /\b\d{4}-\d\d-\d\d \d\d:\d\d:\d\d [AP]M UTC\+0000/g

/**
 * The value with comparable ids and times: ids are numbered in the order of their first appearance (`agent-1`, `message-2`; the
 * otid of a message's third part is `message-2/2`), and every time is `TIME`.
 */
export function normalize<Value>(value: Value): Value {
  return JSON.parse(numberIds(JSON.stringify(value)))
}

function numberIds(json: string): string {
  const names = new Map<string, string>()
  const counts = new Map<string, number>()
  for (const [, kind, uuid = ''] of json.matchAll(IDS)) {
    if (kind === undefined || names.has(keyOf(kind, uuid))) continue
    const count = (counts.get(kind) ?? 0) + 1
    counts.set(kind, count)
    names.set(keyOf(kind, uuid), `${kind}-${count}`)
  }
  return json
    .replaceAll(IDS, (_, kind: string | undefined, uuid: string) => {
      if (kind !== undefined) return names.get(keyOf(kind, uuid)) ?? ''
      const part = Number.parseInt(uuid.slice(-2), 16) & 0x7f
      const message = names.get(keyOf('message', uuid))
      return message === undefined ? 'UUID' : `${message}/${part}`
    })
    .replaceAll(TIMES, 'TIME')
    .replaceAll(STAMPS, 'TIME')
}

/** The id of a message and the otids of its parts differ in the last byte only. */
function keyOf(kind: string, uuid: string): string {
  return `${kind} ${kind === 'message' ? uuid.slice(0, -2) : uuid}`
}
