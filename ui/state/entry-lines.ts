import type { Entry, ToolCall } from '../../lib/session/state/entry.ts'
import type { Preview } from '../../lib/tools/tool.ts'
import type { Occurrence } from './state.ts'

/** The lines of an entry that a search looks at: what was said, commands, diffs and outputs. */
export function entryLines(entry: Entry): readonly string[] {
  return entryText(entry).split('\n')
}

/** Where the text, which is in lower case, is in the entry. */
export function occurrencesIn(entry: Entry, text: string): readonly EntryPlace[] {
  const all = entryText(entry)
  // Markup is not visible: a text may begin before it and end behind it.
  const isMarkdown = entry.type === 'assistant' && MARKUP.test(all)
  if (text === '' || (!isMarkdown && !all.toLowerCase().includes(text))) return NONE
  return all.split('\n').flatMap((line, index) => {
    const written = countOf(line, text)
    const drawn = isMarkdown ? countOf(withoutMarkup(line), text) : 0
    const count = Math.max(written, drawn)
    return Array.from({ length: count }, (_, nth): EntryPlace => ({ line: index, nth }))
  })
}

type EntryPlace = Pick<Occurrence, 'line' | 'nth'>

/** How often a line contains the text, which is in lower case. */
export function countOf(line: string, text: string): number {
  return line.toLowerCase().split(text).length - 1
}

const NONE: readonly EntryPlace[] = []
const MARKUP = /[*`_]/

export function withoutMarkup(line: string): string {
  return line.replaceAll(/\*\*|__|[*`]/g, '')
}

function entryText(entry: Entry): string {
  if (entry.type === 'tool') return callText(entry.call)
  return entry.type === 'shellLine' ? `${entry.command}\n${entry.text}` : entry.text
}

function callText({ tool, label, phase }: ToolCall): string {
  return [`${tool} ${label}`, changeOf(phase), outputOf(phase)]
    .filter((part) => part !== '')
    .join('\n')
}

/** What was done: a change that was denied or that failed is not displayed. */
function changeOf(phase: ToolCall['phase']): string {
  if (phase.type !== 'finished' || phase.status !== 'success' || phase.preview === null) return ''
  return previewText(phase.preview)
}

/** The result of a call, or what it has printed so far. */
export function outputOf(phase: ToolCall['phase']): string {
  if (phase.type === 'finished') return phase.text
  if (phase.type === 'running') return phase.output
  return phase.type === 'denied' ? phase.reason : ''
}

function previewText(preview: Preview): string {
  switch (preview.type) {
    case 'diff':
      return preview.hunks.flatMap(({ lines }) => lines.map(({ text }) => text)).join('\n')
    case 'todos':
      return preview.todos.map(({ content }) => content).join('\n')
    default:
      return ''
  }
}
