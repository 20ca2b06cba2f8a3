/**
 * The JSON of each server-sent event. Not left to the SDK, which ends the stream at the first event that is no JSON; here
 * such an event is passed over.
 */
export async function* jsonEvents(body: AsyncIterable<Uint8Array>): AsyncGenerator<unknown> {
  for await (const text of eventTexts(body)) {
    if (text === '[DONE]') return
    const event = parse(text)
    if (event !== undefined) yield event
  }
}

/** Longest line that is waited for. */
const LINE_LIMIT = 16 * 1_048_576

async function* eventTexts(body: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder()
  let rest = ''
  let payload: string[] = []
  for await (const bytes of body) {
    // A CR at the end may be half of a CRLF.
    const lines = (rest + decoder.decode(bytes, { stream: true })).split(/\r\n|\n|\r(?!$)/)
    rest = lines.pop() ?? ''
    if (rest.length > LINE_LIMIT) throw new TypeError('The server sent a line without end.')
    for (const line of lines) {
      if (line.startsWith('data:')) payload.push(line.slice(5).replace(/^ /, ''))
      if (line !== '' || payload.length === 0) continue
      yield payload.join('\n')
      payload = []
    }
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // One bad event says nothing about the others.
    return undefined
  }
}
