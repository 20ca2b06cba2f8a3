import { parseJson } from '../../util/parse-json.ts'

/** One server-sent event. */
export interface ServerSentEvent {
  /** Null when the server did not name it. */
  readonly name: string | null
  readonly data: string
}

/** Splits a stream of text into events. */
interface EventParser {
  push(text: string): readonly ServerSentEvent[]
  /** The event that the end of the stream completes. */
  end(): readonly ServerSentEvent[]
  /** The beginning of the lines that belong to no event. */
  readonly strayText: string
}

export const END_OF_STREAM = '[DONE]'
const MAX_STRAY_CHARACTERS = 400

/**
 * Reads what servers send in place of well-formed events, too: no blank line between two of them, no space after `data:`,
 * any line ending, an `error:` field, and lines of plain JSON.
 */
export function createEventParser(): EventParser {
  let rest = ''
  let isStart = true
  let name: string | null = null
  let data: string[] = []
  let strayText = ''

  const flush = (): ServerSentEvent[] => {
    const event = { name, data: data.join('\n') }
    const isEmpty = data.length === 0
    name = null
    data = []
    return isEmpty ? [] : [event]
  }
  const addData = (value: string): ServerSentEvent[] => {
    const isNext = data.length > 0 && isComplete(data.join('\n'))
    const before = isNext ? flush() : []
    data.push(value)
    return value.trim() === END_OF_STREAM ? [...before, ...flush()] : before
  }
  const addLine = (line: string): ServerSentEvent[] => {
    if (line === '') return flush()
    const [, field = '', value = ''] = /^(data|event|error|id|retry|):? ?(.*)$/s.exec(line) ?? []
    switch (field) {
      case 'data':
        return addData(value)
      case 'event':
        name = value.trim()
        return []
      case 'error':
        name = 'error'
        return addData(value)
      case 'id':
      case 'retry':
        return []
    }
    // A comment begins with a colon.
    if (line.startsWith(':')) return []
    if (line.startsWith('{')) return addData(line)
    strayText = `${strayText}${line}\n`.slice(0, MAX_STRAY_CHARACTERS)
    return []
  }
  return {
    get strayText() {
      return strayText
    },
    push(text) {
      rest += isStart ? text.replace(/^\ufeff/, '') : text
      if (text !== '') isStart = false
      // A carriage return at the end may be half of a line ending.
      const lines = rest.split(/\r\n|\n|\r(?!$)/)
      rest = lines.pop() ?? ''
      return lines.flatMap(addLine)
    },
    end() {
      const last = rest === '' ? [] : addLine(rest.replace(/\r$/, ''))
      rest = ''
      return [...last, ...flush()]
    },
  }
}

function isComplete(text: string): boolean {
  return text.trim() === END_OF_STREAM || parseJson(text) !== undefined
}
