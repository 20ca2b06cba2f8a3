import { isDeepStrictEqual } from 'node:util'
import { applyEdits, type FormattingOptions, type JSONPath, modify } from 'jsonc-parser'
import { isRecord, type JsonObject } from '../util/is-record.ts'
import { parseSettingsJson } from './json.ts'

interface JsonText {
  readonly text: string
  /** What the text contains. */
  readonly value: JsonObject
}

/** The text with the changes that lead to the value; comments and the layout of what stays are kept. */
export function editJson({ text, value: before }: JsonText, after: JsonObject): string {
  if (text.trim() === '') return JSON.stringify(after, null, 2)
  const formattingOptions = layoutOf(text)
  let edited = text
  for (const { path, value, isInsertion } of changesBetween(before, after, [])) {
    const options = { formattingOptions, isArrayInsertion: isInsertion === true }
    edited = applyEdits(edited, modify(edited, path, value, options))
  }
  // A key that occurs twice is changed where it counts least. Data is worth more than layout.
  const result = parseSettingsJson(edited)
  return result.ok && isDeepStrictEqual(result.value, after)
    ? edited
    : JSON.stringify(after, null, 2)
}

interface JsonChange {
  readonly path: JSONPath
  /** Undefined removes it. */
  readonly value: unknown
  readonly isInsertion?: boolean
}

/** In an order in which each can be made after those before it. */
function changesBetween(before: unknown, after: unknown, path: JSONPath): readonly JsonChange[] {
  if (isDeepStrictEqual(before, after)) return []
  if (isRecord(before) && isRecord(after)) {
    const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])]
    return keys.flatMap((key) =>
      after[key] === undefined
        ? [{ path: [...path, key], value: undefined }]
        : changesBetween(before[key], after[key], [...path, key]),
    )
  }
  if (Array.isArray(before) && Array.isArray(after)) {
    const isLonger = isDeepStrictEqual(after.slice(0, before.length), before)
    if (isLonger && after.length - before.length <= MAX_INSERTIONS) {
      return after.slice(before.length).map((value, index) => ({
        path: [...path, before.length + index],
        value,
        isInsertion: true,
      }))
    }
    if (before.length > MAX_COMPARED) return [{ path, value: after }]
    const kept = before.filter((one) => after.some((other) => isDeepStrictEqual(one, other)))
    if (isDeepStrictEqual(kept, after)) {
      const removed = before.flatMap((one, index) => (kept.includes(one) ? [] : [index]))
      return removed.reverse().map((index) => ({ path: [...path, index], value: undefined }))
    }
  }
  return [{ path, value: after }]
}

/** Each change reads the complete text again. For more of them, a list is replaced, without the comments in it. */
const MAX_INSERTIONS = 64

/** Each is compared with each. */
const MAX_COMPARED = 500

function layoutOf(text: string): FormattingOptions {
  const indentation = /\n([ \t]+)\S/.exec(text)?.[1] ?? '  '
  return {
    insertSpaces: !indentation.startsWith('\t'),
    tabSize: indentation.length,
    eol: text.includes('\r\n') ? '\r\n' : '\n',
  }
}
