import { parseJson } from '../../util/parse-json.ts'
import { OVERSIZED_LINE } from '../messages.ts'

/** The JSON of each server-sent event. An event that is not JSON is skipped, where the SDK would end the stream. */
export async function* jsonEvents(body: AsyncIterable<Uint8Array>): AsyncGenerator<unknown> {
  for await (const text of eventTexts(body)) {
    if (text === '[DONE]') return
    const event = parseJson(text)
    if (event !== undefined) yield event
  }
}

/** A longer line counts as a broken connection. */
const MAX_LINE_CHARACTERS = 16 * 1_048_576

async function* eventTexts(body: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder()
  let rest = ''
  let payload: string[] = []
  for await (const bytes of body) {
    // A CR at the end may be half of a CRLF.
    const lines = (rest + decoder.decode(bytes, { stream: true })).split(/\r\n|\n|\r(?!$)/)
    rest = lines.pop() ?? ''
    if (rest.length > MAX_LINE_CHARACTERS) throw new TypeError(OVERSIZED_LINE)
    for (const line of lines) {
      if (line.startsWith('data:')) payload.push(line.slice(5).replace(/^ /, ''))
      if (line !== '' || payload.length === 0) continue
      yield payload.join('\n')
      payload = []
    }
  }
}
