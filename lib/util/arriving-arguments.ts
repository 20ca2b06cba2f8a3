/** What is kept of a member whose value is a string: the rest of a long text is only counted. */
export interface ArrivingMember {
  readonly name: string
  /** The beginning of its first line that is not blank. */
  readonly firstLine: string
  /** Lines of the text; 0 while it is empty. */
  readonly lines: number
  /** The beginning of its last line that is not blank. */
  readonly lastLine: string
}

/** What was read of the text of a JSON object, and where its reader is. */
export interface ArrivingArguments {
  /** Without the line that is read. */
  readonly members: readonly ArrivingMember[]
  readonly depth: number
  /** The name whose value follows; null before one. */
  readonly name: string | null
  /** The string that is read; null between strings. */
  readonly string: 'name' | 'member' | 'other' | null
  /** The escape that has begun, with its backslash. */
  readonly escaped: string
  /** The beginning of the name or of the line that is read. */
  readonly line: string
}

export const NO_ARGUMENTS: ArrivingArguments = {
  members: [],
  depth: 0,
  name: null,
  string: null,
  escaped: '',
  line: '',
}

/** Characters of a line that are kept. */
const MAX_LINE = 2000

/** Reads on, in a time that depends on the length of `text` only, not of what was read before it. */
export function readArguments(before: ArrivingArguments, text: string): ArrivingArguments {
  let { members, depth, name, string, escaped, line } = before
  let member = string === 'member' ? (members.at(-1) ?? null) : null
  if (member !== null) members = members.slice(0, -1)
  const add = (character: string): void => {
    if (member !== null) {
      // A line is begun by its first character, so a break at the end begins no other.
      if (line === '') member = { ...member, lines: member.lines + 1 }
      if (character === '\n') {
        member = withLine(member, line)
        line = ''
        return
      }
    }
    if (line.length < MAX_LINE) line += character
  }
  const end = (): void => {
    if (member !== null) members = [...members, withLine(member, line)]
    else if (string === 'name') name = line
    member = null
    string = null
    line = ''
  }
  for (const character of text) {
    if (string === null) {
      if (character === '{' || character === '[') depth++
      else if (character === '}' || character === ']') depth--
      else if (character === ',' && depth === 1) name = null
      else if (character === '"') {
        string = depth !== 1 ? 'other' : name === null ? 'name' : 'member'
        if (string === 'member')
          member = { name: name ?? '', firstLine: '', lines: 0, lastLine: '' }
      }
    } else if (escaped !== '') {
      escaped += character
      const written = unescaped(escaped)
      if (written === null) continue
      escaped = ''
      if (string !== 'other') for (const one of written) add(one)
    } else if (character === '\\') escaped = character
    else if (character === '"') end()
    else if (string !== 'other') add(character)
  }
  if (member !== null) members = [...members, member]
  return { members, depth, name, string, escaped, line }
}

/** The members at the top of the object that are strings, as far as they have arrived. */
export function arrivingMembers({
  members,
  string,
  line,
}: ArrivingArguments): readonly ArrivingMember[] {
  const last = members.at(-1)
  if (string !== 'member' || last === undefined) return members
  return [...members.slice(0, -1), withLine(last, line)]
}

function withLine(member: ArrivingMember, line: string): ArrivingMember {
  if (line.trim() === '') return member
  const firstLine = member.firstLine === '' ? line.trimStart() : member.firstLine
  return { ...member, firstLine, lastLine: line }
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', b: '\b', f: '\f' }

/** What an escape stands for; null while it is incomplete. One that JSON does not know stays as it is. */
function unescaped(escaped: string): string | null {
  const kind = escaped[1] ?? ''
  if (kind === 'u') {
    if (/^\\u[0-9a-fA-F]{0,3}$/.test(escaped)) return null
    const code = Number.parseInt(escaped.slice(2), 16)
    return /^\\u[0-9a-fA-F]{4}$/.test(escaped) ? String.fromCharCode(code) : escaped
  }
  if (kind in ESCAPES) return ESCAPES[kind] ?? ''
  return '"\\/'.includes(kind) ? kind : escaped
}
