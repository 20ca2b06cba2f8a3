import type { Entry, ToolCall } from '../../lib/session/state/entry.ts'
import { largest } from '../../lib/util/extremes.ts'
import { formatPatch } from '../../lib/util/unified-diff.ts'
import { ENTRY_PARTS } from '../messages/entries.ts'
import { stringArgument } from '../state/entry-abilities.ts'
import { outputOf } from '../state/entry-lines.ts'
import { clean } from '../view/render/sanitize.ts'

/** A part of an entry as it was written: without wrapping, margins and marks, and without control characters. */
export interface EntryPart {
  readonly name: string
  readonly text: string
}

/** What can be copied of an entry, the most useful first; parts without text are left out. */
export function entryParts(entry: Entry): readonly EntryPart[] {
  return rawParts(entry).flatMap(({ name, text }) => {
    const cleaned = clean(text).trimEnd()
    return cleaned === '' ? [] : [{ name, text: cleaned }]
  })
}

function rawParts(entry: Entry): readonly EntryPart[] {
  switch (entry.type) {
    case 'user':
      return [{ name: ENTRY_PARTS.message, text: entry.text }, ...codeParts(entry.text)]
    case 'assistant':
      return [{ name: ENTRY_PARTS.answer, text: entry.text }, ...codeParts(entry.text)]
    case 'reasoning':
      return [{ name: ENTRY_PARTS.reasoning, text: entry.text }]
    case 'notice':
      return [
        { name: ENTRY_PARTS.notice, text: [entry.text, entry.hint ?? ''].join('\n').trimEnd() },
      ]
    case 'shellLine':
      return [
        { name: ENTRY_PARTS.command, text: entry.command },
        { name: ENTRY_PARTS.output, text: entry.text },
      ]
    case 'tool':
      return callParts(entry.call)
  }
}

function callParts(call: ToolCall): readonly EntryPart[] {
  const preview = 'preview' in call.phase ? call.phase.preview : null
  const result = { name: ENTRY_PARTS.output, text: withoutNumbers(outputOf(call.phase)) }
  const path = { name: ENTRY_PARTS.path, text: pathOf(call) ?? '' }
  if (preview?.type === 'diff') {
    // As git writes it: relative to the project, and without the slash of a path outside.
    const name = preview.path.replace(/^\/+/, '')
    const patch = formatPatch(name, preview.hunks, preview.created)
    return [{ name: ENTRY_PARTS.diff, text: patch }, path, result]
  }
  if (preview?.type === 'command')
    return [{ name: ENTRY_PARTS.command, text: preview.command }, result]
  if (preview?.type === 'plan') return [{ name: ENTRY_PARTS.plan, text: preview.markdown }]
  const parts = [result, path, { name: ENTRY_PARTS.arguments, text: call.args }]
  const command = stringArgument(call, 'command')
  return command === null ? parts : [{ name: ENTRY_PARTS.command, text: command }, ...parts]
}

/** A file as it is, if each line begins with its number and an arrow. */
function withoutNumbers(text: string): string {
  const lines = text.split('\n')
  const isNumbered = lines.every((line) => line === '' || NUMBERED.test(line))
  return isNumbered ? lines.map((line) => line.replace(NUMBERED, '')).join('\n') : text
}

const NUMBERED = /^\s*\d+→/

function pathOf(call: ToolCall): string | null {
  return stringArgument(call, 'file_path') ?? stringArgument(call, 'path')
}

/** The fenced code blocks of a Markdown text. */
function codeParts(markdown: string): readonly EntryPart[] {
  const parts: EntryPart[] = []
  let fence: { readonly mark: string; readonly language: string; readonly lines: string[] } | null =
    null
  for (const line of markdown.split('\n')) {
    const found: RegExpExecArray | null = /^ {0,3}(`{3,}|~{3,})\s*([\w+#.-]*)/.exec(line)
    if (fence === null) {
      if (found !== null) fence = { mark: found[1] ?? '', language: found[2] ?? '', lines: [] }
      continue
    }
    const isEnd = found !== null && line.trim().startsWith(fence.mark) && found[2] === ''
    if (!isEnd) fence.lines.push(line)
    else {
      parts.push({ name: ENTRY_PARTS.code(fence.language), text: fence.lines.join('\n') })
      fence = null
    }
  }
  return parts
}

/** The entry as Markdown: who or what it is by, and its parts in code blocks. */
export function entryMarkdown(entry: Entry): string {
  switch (entry.type) {
    case 'assistant':
      return clean(entry.text).trimEnd()
    case 'user':
    case 'reasoning':
    case 'notice':
      return clean(entry.text)
        .trimEnd()
        .split('\n')
        .map((line) => `> ${line}`.trimEnd())
        .join('\n')
    case 'shellLine':
      return fenced('sh', [`$ ${entry.command}`, entry.text].join('\n'))
    case 'tool':
      return callMarkdown(entry.call)
  }
}

function callMarkdown(call: ToolCall): string {
  const { tool, label } = call
  const heading = `**${tool}** ${label}`.replaceAll(/\s+/g, ' ').trimEnd()
  const blocks = entryParts({ type: 'tool', id: call.callId, call }).flatMap(({ name, text }) => {
    if (name === ENTRY_PARTS.diff) return [fenced('diff', text)]
    if (name === ENTRY_PARTS.command) return [fenced('sh', text)]
    if (name === ENTRY_PARTS.plan) return [text]
    return name === ENTRY_PARTS.output ? [fenced('', text)] : []
  })
  return [clean(heading), ...blocks].join('\n\n')
}

/** A fence is longer than each one in the text. */
function fenced(language: string, text: string): string {
  const longest = largest(
    [...text.matchAll(/`+/g)].map(([run]) => run.length),
    2,
  )
  const fence = '`'.repeat(longest + 1)
  return [`${fence}${language}`, clean(text).trimEnd(), fence].join('\n')
}
