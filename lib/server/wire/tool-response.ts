import { isRecord } from '../../util/is-record.ts'
import { parseJson } from '../../util/parse-json.ts'
import { formatTimestamp } from '../runs/timestamp.ts'

interface ToolResult {
  readonly text: string
  readonly status: 'success' | 'error'
}

/** A result as Letta server writes it into prompts and agent files, whose messages it reads in no other form. */
export function toToolResponse({ text: message, status }: ToolResult, createdAt: string): string {
  const time = formatTimestamp(new Date(createdAt))
  const response = { status: status === 'success' ? 'OK' : 'Failed', message, time }
  return JSON.stringify(response, null, 2)
}

/** The text of a result; of any other text, the text itself. */
export function fromToolResponse(response: string): string {
  const value = response.startsWith('{') ? parseJson(response) : null
  if (!isRecord(value) || Object.keys(value).some((name) => !RESPONSE_NAMES.has(name))) {
    return response
  }
  const { status, message } = value
  return (status === 'OK' || status === 'Failed') && typeof message === 'string'
    ? message
    : response
}

const RESPONSE_NAMES = new Set(['status', 'message', 'time'])
