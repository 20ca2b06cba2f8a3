import type { Entry, ToolCall } from '../session/state/entry.ts'
import { largest } from '../util/extremes.ts'
import { hunkHeader } from '../util/unified-diff.ts'
import { summarizeCall } from './call-change.ts'
import type { ExportedConversation } from './exported-conversation.ts'
import {
  CALL_FAILED,
  CALL_UNANSWERED,
  deniedBecause,
  exportedFrom,
  REASONING,
  USER,
} from './messages.ts'

/** The conversation as Markdown, as people write it: headings for who speaks, fences for calls, diffs and output. */
export function toMarkdown({ heading, agent, entries, exportedAt }: ExportedConversation): string {
  const time = exportedAt.slice(0, 16).replace('T', ' ')
  const parts = [
    `# ${heading}`,
    `*${exportedFrom(agent.name, agent.model, time)}*`,
    ...entries.flatMap((entry, index) => [
      ...headingAt(entries, index, agent.name),
      ...partsOf(entry),
    ]),
  ]
  return `${parts.join('\n\n')}\n`
}

/** Above each message of the person, and wherever the speaker changes. Notices have no speaker. */
function headingAt(entries: readonly Entry[], index: number, agent: string): readonly string[] {
  const entry = entries[index]
  const speaker = entry === undefined ? null : speakerOf(entry)
  if (entry === undefined || speaker === null) return []
  const before = entries.slice(0, index).findLast((one) => speakerOf(one) !== null)
  const isSame = before !== undefined && speakerOf(before) === speaker
  if (isSame && entry.type !== 'user') return []
  return [`## ${speaker === 'user' ? USER : agent}`]
}

function speakerOf({ type }: Entry): 'user' | 'agent' | null {
  if (type === 'user' || type === 'shellLine') return 'user'
  return type === 'notice' ? null : 'agent'
}

function partsOf(entry: Entry): readonly string[] {
  switch (entry.type) {
    case 'user':
    case 'assistant':
      return [entry.text]
    case 'reasoning':
      return [
        `<details><summary>${REASONING}</summary>`,
        entry.text.replaceAll('<', '&lt;'),
        '</details>',
      ]
    case 'tool':
      return callParts(entry.call)
    case 'shellLine':
      return [fence(`$ ${entry.command}\n${entry.text}`, 'console')]
    case 'notice':
      return [`> ${entry.text.replaceAll('\n', '\n> ')}`]
  }
}

function callParts(call: ToolCall): readonly string[] {
  const { title, hunks } = summarizeCall(call)
  const { phase } = call
  const parts = [`**${title.replaceAll(/([*_`\\<[\]])/g, '\\$1')}**${outcomeOf(call)}`]
  if (hunks !== null) {
    const lines = hunks.flatMap((hunk) => [
      hunkHeader(hunk),
      ...hunk.lines.map(({ type, text }) => SIGNS[type] + text),
    ])
    parts.push(fence(lines.join('\n'), 'diff'))
  }
  // The change says what such a call has done.
  const isNews = hunks === null || (phase.type === 'finished' && phase.status === 'error')
  if (phase.type === 'finished' && isNews && phase.text.trim() !== '') {
    parts.push(fence(phase.text, ''))
  }
  return parts
}

const SIGNS = { context: ' ', added: '+', removed: '-' } as const

/** What became of a call, when it did not succeed. */
export function outcomeOf({ phase }: ToolCall): string {
  if (phase.type === 'denied') return ` (${deniedBecause(phase.reason)})`
  if (phase.type !== 'finished') return ` (${CALL_UNANSWERED})`
  return phase.status === 'error' ? ` (${CALL_FAILED})` : ''
}

/** A fence that is longer than any in the text. */
function fence(text: string, language: string): string {
  const longest = largest(
    [...text.matchAll(/`+/g)].map(([ticks]) => ticks.length),
    2,
  )
  const ticks = '`'.repeat(longest + 1)
  return `${ticks}${language}\n${text.replace(/\n$/, '')}\n${ticks}`
}
