import { isRecord } from '../../util/is-record.ts'
import { parseJson } from '../../util/parse-json.ts'
import { AnswerFailure } from './answer-failure.ts'
import type { AnswerReader } from './answer-fetch.ts'
import { reportedError } from './error-reason.ts'
import { END_OF_STREAM } from './event-parser.ts'
import { member } from './json-members.ts'

type ReaderPhase = ReturnType<AnswerReader['add']>['phase']

/** Passes events on unchanged, except for those that are no JSON objects, until the phase of one of them is `ended`. */
export function createEventReader(phaseOf: (event: unknown) => ReaderPhase): AnswerReader {
  return {
    add({ name, data }) {
      const text = data.trim()
      if (text === END_OF_STREAM) return { output: [], phase: 'ended' }
      if (text === '') return { output: [], phase: 'open' }
      const value = parseJson(text)
      const failure = isReadable(value)
        ? null
        : (reportedError(value) ?? (name === 'error' ? text : null))
      if (failure !== null) {
        return { output: [], phase: 'ended', failure: new AnswerFailure(failure, value) }
      }
      if (!isRecord(value)) return { output: [], phase: 'open', skipped: text }
      return { output: [{ name, text }], phase: phaseOf(value) }
    },
    decodeBody: () => null,
    encode(output) {
      const { name, text } = output as { name: string | null; text: string }
      return `${name === null ? '' : `event: ${name}\n`}data: ${text}\n\n`
    },
  }
}

/** An error in the provider's own form, which the SDK converts with all its details. */
function isReadable(value: unknown): boolean {
  if (member(value, 'type') !== 'error') return false
  const error = member(value, 'error') ?? value
  return typeof member(error, 'message') === 'string'
}
