import { changedLines, plural } from '../../lib/util/quantities.ts'
import { commandReference } from '../../lib/util/references.ts'

/** Rewinding to an earlier message. */

export const PRESS_AGAIN_TO_REWIND = 'Press again to rewind to an earlier message.'
export const NO_CHECKPOINTS = 'You have not sent this agent a message in this project yet.'

export const NOTHING_TO_REWIND =
  'Nothing has changed since this message, and its conversation cannot be rewound.'

export function rewound(text: string): string {
  return `Rewound to: ${text} — ${commandReference('rewind.open')} undoes it.`
}

/** After a rewind was undone, or that was. */
export function restored(text: string): string {
  return `Restored: ${text} — ${commandReference('rewind.open')} undoes it.`
}

export const cannotRewindShown = (reasons: readonly string[]): string =>
  `Cannot rewind: ${reasons.join('; ')}`

export const REWIND_TITLE = 'Rewind to before'
export const RESTORE_TITLE = 'Restore'
export const REWIND_PARTS_TITLE = 'What to rewind'
export const REWIND_QUESTION = 'Rewind?'
export const REWIND_REST_QUESTION = 'Rewind the rest?'

export const rewindDetail = (point: {
  readonly files: number
  readonly added: number
  readonly removed: number
  readonly blocks: number
  readonly when: string
}): string => {
  const { files, added, removed, blocks, when } = point
  const parts = [
    ...(files === 0 ? [] : [`${changedLines({ added, removed })} in ${plural(files, 'file')}`]),
    ...(blocks === 0 ? [] : [`memory ${plural(blocks, 'block')}`]),
    when,
  ]
  return parts.join(', ')
}

export const rewindParts = (parts: readonly string[]): string => {
  const last = parts.at(-1) ?? ''
  const text = parts.length > 1 ? `${parts.slice(0, -1).join(', ')} and ${last}` : last
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`
}

export const REWOUND_CONVERSATION =
  'The conversation continues before the message, which is put into the message field. What followed it stays as a separate conversation.'

export const REWOUND_CONVERSATION_BACK = 'The conversation from before the rewind is opened.'

export const memoryOfOthersStays = (
  blocks: readonly { readonly label: string; readonly writers: readonly string[] }[],
): readonly string[] =>
  blocks.length === 0
    ? []
    : [
        'Not rewound: these memory blocks, which others have changed too.',
        ...blocks.map(({ label, writers }) => `  ${label}: ${writers.join(', ')}`),
      ]

/** `writers`: who else has changed these blocks. */
export const rewindMemoryOfOthers = (labels: readonly string[], writers: readonly string[]) => ({
  title: `Memory, also ${labels.join(', ')}`,
  detail: `changed by ${writers.join(', ')}`,
})

export const memoryBlockHeading = (label: string): string => `memory: ${label}`

/** `reasons`: one for each file. */
export const filesStay = (reasons: readonly string[]): readonly string[] =>
  reasons.length === 0
    ? []
    : ['Not rewound: these files stay as they are.', ...reasons.map((reason) => `  ${reason}`)]

const MAX_COMMANDS = 8

export const jobsStay = (commands: readonly string[]): readonly string[] => [
  'Still running, and not ended by the rewind:',
  ...firstOf(commands),
]

export const commandsStay = (commands: readonly string[]): readonly string[] => [
  'Not rewound: what these command lines did besides the changes of files below.',
  ...firstOf(commands),
]

const firstOf = (commands: readonly string[]): readonly string[] => [
  ...commands.slice(0, MAX_COMMANDS).map((command) => `  ${command}`),
  ...(commands.length > MAX_COMMANDS ? [`  … ${commands.length - MAX_COMMANDS} more`] : []),
]
