import { decodeArguments } from '../util/decode-arguments.ts'
import { labelOfPath } from '../util/memory-path.ts'

/** What a call of a memory tool would change. */
export interface MemoryWrite {
  /** The blocks that it concerns. Empty when the arguments name none. */
  readonly labels: readonly string[]
  /** How it changes the value of the first block; null for a call that changes no value, or cannot be previewed. */
  readonly edit: EditOfCall | null
}

interface EditOfCall {
  /** The block is created. */
  readonly isNew: boolean
  /** The value is replaced, whatever it was. */
  readonly isComplete: boolean
  /** Null when the call can only fail. The server makes the change itself: this shows it before. */
  apply(before: string): string | null
  /** What the arguments alone show of the change; null when they contain no old text. */
  readonly part: { readonly before: string; readonly after: string } | null
}

type Args = Readonly<Record<string, unknown>>

/** Parses a call of the tools of Letta that change memory blocks; null for other tools. */
export function parseMemoryCall(tool: string, args: string): MemoryWrite | null {
  const parse = Object.hasOwn(PARSERS, tool) ? PARSERS[tool] : undefined
  return parse === undefined ? null : parse(decodeArguments(args) ?? {})
}

const PARSERS: Readonly<Record<string, (args: Args) => MemoryWrite>> = {
  memory: parseMemoryTool,
  memory_insert: (args) => insertion(args, 'new_string'),
  memory_replace: (args) => replacement(args, 'old_string', 'new_string'),
  memory_rethink: (args) => rewrite(args),
  rethink_memory: (args) => rewrite(args),
  memory_apply_patch: (args) => ({
    labels: [...new Set([text(args, 'label'), ...patchedLabels(text(args, 'patch'))])].filter(
      (label) => label !== '',
    ),
    edit: null,
  }),
  // A passage in archival memory is no block: rules name it like one.
  archival_memory_insert: () => ({ labels: [ARCHIVAL_LABEL], edit: null }),
  core_memory_append: (args) => {
    const added = text(args, 'content')
    const apply = (value: string) => (value === '' ? '' : `${value}\n`) + added
    return change(args, apply, { before: '', after: added })
  },
  core_memory_replace: (args) => replacement(args, 'old_content', 'new_content'),
}

const ARCHIVAL_LABEL = 'archival'

/** A patch can change several blocks, whatever its argument `label` is: each header names one. Lines and blanks are those of Python. */
function patchedLabels(patch: string): readonly string[] {
  return patch.split(/[\n\v\f\r\x1c-\x1e\x85\u2028\u2029]/).flatMap((line) => {
    const named = /^\s*\*\*\*[^:]*:(.*)$/.exec(line)?.[1]
    const label = named?.replace(/^[\s\x1c-\x1f\x85]+|[\s\x1c-\x1f\x85]+$/g, '') ?? ''
    return [label, labelOfPath(label)]
  })
}

function parseMemoryTool(args: Args): MemoryWrite {
  const label = labelOfPath(text(args, 'path'))
  switch (args['command']) {
    case 'create': {
      const after = text(args, 'file_text')
      const edit = {
        isNew: true,
        isComplete: true,
        apply: () => after,
        part: { before: '', after },
      }
      return { labels: labelsOf(label), edit }
    }
    case 'str_replace':
      return replacement({ ...args, label }, 'old_string', 'new_string')
    case 'insert':
      return insertion({ ...args, label }, 'insert_text')
    case 'rename': {
      const paths = [
        label,
        labelOfPath(text(args, 'old_path')),
        labelOfPath(text(args, 'new_path')),
      ]
      return { labels: paths.flatMap(labelsOf), edit: null }
    }
    default:
      return { labels: labelsOf(label), edit: null }
  }
}

function change(
  args: Args,
  apply: EditOfCall['apply'],
  part: NonNullable<EditOfCall['part']>,
): MemoryWrite {
  const edit = { isNew: false, isComplete: false, apply, part }
  return { labels: labelsOf(text(args, 'label')), edit }
}

function insertion(args: Args, name: string): MemoryWrite {
  const after = text(args, name)
  return change(args, (value) => insertText(value, after, args), { before: '', after })
}

function replacement(args: Args, oldName: string, newName: string): MemoryWrite {
  const part = { before: text(args, oldName), after: text(args, newName) }
  return change(args, (value) => replaceText(value, part.before, part.after), part)
}

function rewrite(args: Args): MemoryWrite {
  // Which one counts depends on the server.
  const labels = [...new Set([text(args, 'label'), text(args, 'target_block_label')])].flatMap(
    labelsOf,
  )
  const apply = () => text(args, 'new_memory')
  return { labels, edit: { isNew: false, isComplete: true, apply, part: null } }
}

function text(args: Args, name: string): string {
  const value = args[name]
  return typeof value === 'string' ? value : ''
}

function labelsOf(label: string): readonly string[] {
  return label === '' ? [] : [label]
}

function insertText(value: string, added: string, { insert_line: at }: Args): string | null {
  const lines = value === '' ? [] : value.split('\n')
  const line = typeof at === 'number' ? at : -1
  if (!Number.isInteger(line) || line < -1 || line > lines.length) return null
  return lines.toSpliced(line === -1 ? lines.length : line, 0, added).join('\n')
}

/** Text that occurs exactly once. */
function replaceText(value: string, before: string, after: string): string | null {
  const isOnce = before === '' ? value === '' : value.split(before).length === 2
  return isOnce ? value.replace(before, () => after) : null
}
