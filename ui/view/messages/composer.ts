import type { Delivery } from '../../../lib/session/state/queue.ts'
import { plural } from '../../../lib/util/quantities.ts'
import type { VimState } from '../../state/vim.ts'

/** The message that is being written. */

export const composerTexts = {
  typeMessage: 'Type a message, / for commands, @ for files, ! for shell',
  duringTurn: (delivery: Delivery) =>
    delivery === 'step'
      ? 'Type a message; the agent reads it at its next step'
      : 'Type the next message; it is sent when this turn ends',
  withoutAgent: 'Queued until an agent is open: /connect or /agents',
  withoutModel: (key: string) =>
    `Press ${key} to connect a model, or write a message that waits for it`,
  queued: (isOpen: boolean, key: string) =>
    `${isOpen ? 'Type the next message' : 'Queued until an agent is open (/connect)'}; ${key} edits the queued message`,
  moreQueued: (count: number) => `${plural(count, 'more message')}, sent in order`,
  /** Before a queued message: when it is sent. */
  queuedFor: { step: 'next step', end: 'end of turn', agent: 'when open', paused: 'paused' },
  resumeQueue: (key: string) => `${key} send`,
  editQueue: (edit: string | null, list: string | null) =>
    [edit === null ? '' : `${edit} edit`, list === null ? '' : `${list} list`]
      .filter((part) => part !== '')
      .join(' · '),
  line: (at: number, count: number) => `line ${at} of ${count}`,
}

/** The mode of vim, in the title of the text that is edited. */
export const vimModes: Readonly<Record<VimState['mode'], string>> = {
  insert: 'INSERT',
  normal: 'NORMAL',
  visual: 'VISUAL',
  visualLine: 'VISUAL LINE',
}

export const completionTexts = {
  insert: (key: string) => `${key} to insert`,
  total: (count: number) => `${count} total`,
  position: (at: number, count: number) => `${at} of ${count}`,
}
