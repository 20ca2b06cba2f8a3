import { isRecord } from './is-record.ts'
import {
  FRONT_MATTER_FENCE,
  FRONT_MATTER_NOT_YAML,
  FRONT_MATTER_OPEN,
  frontMatterInvalid,
  frontMatterTooLarge,
} from './messages.ts'
import { formatBytes } from './quantities.ts'
import { messageOf, UserError } from './user-error.ts'

interface MarkdownDocument {
  readonly fields: Readonly<Record<string, unknown>>
  /** As it is in the file. */
  readonly body: string
}

const FRONT_MATTER_LIMIT = 64 * 1024
const FENCE = /^---[ \t]*(?:ya?ml)?[ \t]*\n/

/** How YAML names the place of an error; lines are those of the file. */
const AT_LINE = /^(.*?)\.? at line (\d+), column \d+:?$/

/** `line`: where it is in the file, from 1. */
export class FrontMatterError extends UserError {
  override readonly name = 'FrontMatterError'
  readonly line: number | null

  constructor(message: string, { cause, line }: { cause: unknown; line: number | null }) {
    super(message, { cause })
    this.line = line
  }
}

/** YAML between `---` lines, if any, and the text under it. A file is data: no other language is read. */
export async function readFrontMatter(text: string): Promise<MarkdownDocument> {
  const source = inLines(text.replace(/^\uFEFF/, ''))
  if (!/^---(?!-)/.test(source)) return { fields: {}, body: source }
  if (!FENCE.test(source)) throw new UserError(FRONT_MATTER_FENCE)
  const end = source.indexOf('\n---', 3)
  if (end === -1) throw new UserError(FRONT_MATTER_OPEN)
  if (end > FRONT_MATTER_LIMIT)
    throw new UserError(frontMatterTooLarge(formatBytes(FRONT_MATTER_LIMIT)))
  return parse(source.replace(FENCE, '---\n'))
}

/** YAML over a text, as `readFrontMatter` reads it. */
export async function writeFrontMatter(
  fields: Readonly<Record<string, unknown>>,
  body: string,
): Promise<string> {
  const { default: matter } = await import('gray-matter')
  // Never a text: gray-matter would look for front matter in that first, and run it when it is code.
  return `${matter.stringify({ content: '' }, fields).trimEnd()}\n${body}`
}

/** A file with other line ends than ours has them in its first line already. */
function inLines(text: string): string {
  return /^[^\n]*\r/.test(text) ? text.replaceAll(/\r\n?/g, '\n') : text
}

async function parse(source: string): Promise<MarkdownDocument> {
  const [{ default: matter }, { parseYaml }] = await Promise.all([
    import('gray-matter'),
    import('./parse-yaml.ts'),
  ])
  const engines = { ...REFUSED_ENGINES, yaml: { parse: parseYaml } }
  const read = (text: string): MarkdownDocument => {
    // Options, though empty, keep gray-matter from its cache, which would hide an error the second time.
    const { data, content } = matter(text, { language: 'yaml', engines })
    return { fields: isRecord(data) ? data : {}, body: content }
  }
  try {
    return read(quoted(source))
  } catch {
    try {
      return read(source)
    } catch (thrown) {
      const message = firstLine(thrown)
      const [, problem = message, line = null] = AT_LINE.exec(message) ?? []
      throw new FrontMatterError(frontMatterInvalid(problem, line), {
        cause: thrown,
        line: line === null ? null : Number(line),
      })
    }
  }
}

/** By default gray-matter evaluates `---js`; the option `language` alone does not stop it. */
const refuse = (): never => {
  throw new UserError(FRONT_MATTER_NOT_YAML)
}
const REFUSED_ENGINES = { js: refuse, javascript: refuse, coffee: refuse, json: refuse }

/**
 * People write `has: colons`, `see #5`, `*bold*`, `007`, `2024-05-01`, of which YAML makes errors, comments, numbers and dates:
 * each value on one line, and each item of a list, is quoted. What spans lines, or is quoted or a flow already, is YAML.
 */
function quoted(source: string): string {
  const end = source.indexOf('\n---', 3)
  const lines = source.slice(0, end).split('\n')
  let isList = false
  const written = lines.map((line, index) => {
    const field = FIELD.exec(line)
    if (field !== null) isList = field[2]?.trim() === ''
    const [, before = '', value = ''] = field ?? (isList ? ITEM.exec(line) : null) ?? []
    const isOneLine = !/^[ \t]+[^\s-]/.test(lines[index + 1] ?? '')
    const text = value.trim()
    return isOneLine && text !== '' && !YAML_VALUE.test(text) ? before + JSON.stringify(text) : line
  })
  return written.join('\n') + source.slice(end)
}

const FIELD = /^([A-Za-z][\w-]*[ \t]*:(?![^ \t])[ \t]*)(.*)$/
const ITEM = /^([ \t]*-[ \t]+)(.*)$/
/** Quoted, a flow (closed or not), or the head of a block. */
const YAML_VALUE =
  /^("(\\.|[^"\\])*"|'(''|[^'])*'|\[([^\]]*|.*\])|\{([^}]*|.*\})|[|>][+-]?\d?[+-]?)$/

function firstLine(thrown: unknown): string {
  return messageOf(thrown).split('\n')[0] ?? ''
}
