import type { JsonObject } from '../../util/is-record.ts'

interface FunctionSchema {
  readonly [name: string]: unknown
  readonly name: string
  readonly description: string
}

/**
 * The JSON schema of the function that Python source defines, as Letta server derives it: from the annotations of the last
 * function, whose helpers come before it, and from its docstring in Google's style. Nothing is executed. Null without a function.
 */
export function functionSchema(source: string): FunctionSchema | null {
  const found = lastFunction(source)
  if (found === null) return null
  const { name, parameters, docstring } = found
  const { description, ofParameters } = readDocstring(docstring)
  const known = parameters.filter((one) => !RESERVED.has(one.name))
  return {
    name,
    description,
    parameters: {
      type: 'object',
      properties: Object.fromEntries(
        known.map((one) => {
          const text = ofParameters.get(one.name)
          const described = text === undefined ? {} : { description: text }
          return [one.name, { ...typeSchema(one.annotation), ...described }]
        }),
      ),
      required: known.filter(isRequired).map((one) => one.name),
    },
  }
}

/** Verbatim: parameters that the server passes itself. */
const RESERVED = new Set(['self', 'agent_state'])

interface PythonFunction {
  readonly name: string
  readonly parameters: readonly PythonParameter[]
  readonly docstring: string
}

interface PythonParameter {
  readonly name: string
  readonly annotation: string
  readonly hasDefault: boolean
}

const DEFINITION = /^(?:async[ \t]+)?def[ \t]+(\w+)[ \t]*\(/gm
const NESTED_DEFINITION = /def\s+(\w+)\s*\(/g

function lastFunction(source: string): PythonFunction | null {
  const found =
    [...source.matchAll(DEFINITION)].at(-1) ?? [...source.matchAll(NESTED_DEFINITION)][0]
  if (found?.[1] === undefined) return null
  const begin = found.index + found[0].length
  const pieces = splitTopLevel(source.slice(begin))
  const end = begin + pieces.length
  const docstring = DOCSTRING.exec(source.slice(end))
  return {
    name: found[1],
    parameters: pieces.parts.flatMap(readParameter),
    docstring: docstring?.[1] ?? docstring?.[2] ?? '',
  }
}

/** After the closing parenthesis: the type of the result, then the first statement. */
const DOCSTRING = /^[^\n]*?:[ \t]*(?:#[^\n]*)?\s*[rR]?(?:"""([\s\S]*?)"""|'''([\s\S]*?)''')/

const OPENING = new Set(['(', '[', '{'])
const CLOSING = new Set([')', ']', '}'])

/** The parts between commas up to the bracket that closes, and the length of all of it. */
function splitTopLevel(text: string): {
  readonly parts: readonly string[]
  readonly length: number
} {
  const parts = ['']
  let depth = 0
  let index = 0
  for (; index < text.length; index++) {
    const token = /^(?:"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|#[^\n]*)/.exec(
      text.slice(index, index + 1000),
    )?.[0]
    const char = token ?? text.charAt(index)
    if (token !== undefined) index += token.length - 1
    if (OPENING.has(char)) depth++
    if (CLOSING.has(char) && depth-- === 0) break
    if (char === ',' && depth === 0) parts.push('')
    else if (!char.startsWith('#')) parts.push(`${parts.pop()}${char}`)
  }
  return {
    parts: parts.map((part) => part.trim()).filter((part) => part !== ''),
    length: index + 1,
  }
}

function readParameter(text: string): readonly PythonParameter[] {
  const found = /^(\w+)\s*(?::\s*([^=]+?))?\s*(=[\s\S]*)?$/.exec(text)
  if (found?.[1] === undefined) return []
  return [{ name: found[1], annotation: found[2] ?? '', hasDefault: found[3] !== undefined }]
}

function isRequired({ annotation, hasDefault }: PythonParameter): boolean {
  return !hasDefault && optionalType(annotation) === null
}

/** The type that an optional one contains; null when it is not optional. */
function optionalType(annotation: string): string | null {
  const named = /^(?:typing\.)?Optional\[([\s\S]+)\]$/.exec(annotation)?.[1]
  return named ?? /^([\s\S]+?)\s*\|\s*None$/.exec(annotation)?.[1] ?? null
}

const TYPES: Readonly<Record<string, string>> = {
  int: 'integer',
  str: 'string',
  bool: 'boolean',
  float: 'number',
}

/** What is not known is text. */
function typeSchema(annotation: string): JsonObject {
  const inner = optionalType(annotation)
  if (inner !== null) return typeSchema(inner)
  const [, name = '', of] = /^(?:typing\.)?(\w+)\s*(?:\[([\s\S]*)\])?$/.exec(annotation) ?? []
  if (/^list$/i.test(name)) return { type: 'array', items: typeSchema(of?.trim() ?? 'str') }
  if (/^dict$/i.test(name)) return { type: 'object' }
  if (name === 'Literal') return { type: 'string', enum: literals(of ?? '') }
  return { type: TYPES[name] ?? 'string' }
}

function literals(text: string): readonly string[] {
  return splitTopLevel(text).parts.map((part) => part.replace(/^(['"])([\s\S]*)\1$/, '$2'))
}

const SECTION = /^(Args|Arguments|Parameters|Params|Returns?|Raises|Yields?|Examples?|Notes?):\s*$/

/** A docstring in Google's style: the description, and that of each parameter. */
function readDocstring(docstring: string): {
  readonly description: string
  readonly ofParameters: ReadonlyMap<string, string>
} {
  const lines = docstring.split('\n').map((line) => line.trimEnd())
  const indent = Math.min(
    ...lines.slice(1).flatMap((line) => (line === '' ? [] : [line.search(/\S/)])),
  )
  const flat = lines.map((line, index) => (index === 0 ? line.trimStart() : line.slice(indent)))
  const first = flat.findIndex((line) => SECTION.test(line))
  const text = (first < 0 ? flat : flat.slice(0, first)).join('\n').trim()
  return { description: text, ofParameters: readArguments(flat) }
}

function readArguments(lines: readonly string[]): ReadonlyMap<string, string> {
  const described = new Map<string, string>()
  let isInside = false
  let last: { readonly name: string; readonly indent: number } | null = null
  for (const line of lines) {
    const section = SECTION.exec(line)?.[1]
    if (section !== undefined) isInside = /^(Arg|Param)/.test(section)
    else if (isInside && line !== '') {
      const indent = line.search(/\S/)
      const found = /^\s+\*{0,2}(\w+)\s*(?:\([^)]*\))?:\s*(.*)$/.exec(line)
      if (found?.[1] !== undefined && (last === null || indent <= last.indent)) {
        last = { name: found[1], indent }
        described.set(last.name, found[2] ?? '')
      } else if (last !== null) {
        described.set(last.name, `${described.get(last.name)}\n${line.trim()}`.trim())
      }
    }
  }
  return described
}
