import type { QueuedMessage } from '../../lib/session/state/queue.ts'
import { UserError } from '../../lib/util/user-error.ts'
import {
  deliveryName,
  NO_QUEUED_MESSAGES,
  QUEUE_ACTIONS,
  QUEUE_NOT_PAUSED,
} from '../messages/composer.ts'
import { PICKER_TITLES } from '../messages/program.ts'
import type { PickerAction } from '../state/overlay-actions.ts'
import { replaceMessage } from './composer.ts'
import { oneLine } from './one-line.ts'
import { openPicker } from './open-overlay.ts'
import type { WorkbenchCommand, WorkbenchContext } from './workbench-command.ts'

type QueueChange = Extract<PickerAction, { type: 'queue.change' }>['change']

/** The messages that wait for the running turn: each can be edited, removed, moved, and delivered earlier or later. */
export const QUEUE_COMMANDS: readonly WorkbenchCommand[] = [
  {
    id: 'queue.open',
    unavailable: ({ session }) => (session.queue.length === 0 ? NO_QUEUED_MESSAGES : null),
    run: openQueue,
  },
  {
    id: 'queue.resume',
    unavailable: ({ session }) => (session.isQueuePaused ? null : QUEUE_NOT_PAUSED),
    run: ({ session }) => session.turns.resume(),
  },
]

function openQueue(context: WorkbenchContext): void {
  const { queue } = context.root.state.session
  const items = queue.map(({ id, text, delivery }) => ({
    title: oneLine(text),
    detail: deliveryName(delivery),
    current: false,
    searched: text,
    action: { type: 'queue.open', messageId: id } as const,
  }))
  openPicker(context, PICKER_TITLES.queue, items)
}

export function openQueued(context: WorkbenchContext, id: string): void {
  const message = findQueued(context, id)
  const { queue } = context.root.state.session
  const at = queue.indexOf(message)
  const changes: readonly QueueChange[] = [
    'edit',
    'remove',
    message.delivery === 'step' ? 'atEnd' : 'atStep',
    ...(at > 0 ? (['up'] as const) : []),
    ...(at < queue.length - 1 ? (['down'] as const) : []),
  ]
  const items = changes.map((change) => ({
    title: QUEUE_ACTIONS[change],
    detail: '',
    current: false,
    action: { type: 'queue.change', messageId: id, change } as const,
  }))
  openPicker(context, oneLine(message.text), items)
}

export function changeQueued(context: WorkbenchContext, id: string, change: QueueChange): void {
  const { text, delivery } = findQueued(context, id)
  const { turns } = context.session
  switch (change) {
    case 'edit':
      turns.unqueue(id)
      replaceMessage(context, text)
      return
    case 'remove':
      turns.unqueue(id)
      context.root.dispatch({ type: 'history.added', text })
      return
    case 'up':
    case 'down':
      turns.requeue(id, { by: change === 'up' ? -1 : 1, delivery })
      openQueue(context)
      return
    case 'atStep':
    case 'atEnd':
      turns.requeue(id, { by: 0, delivery: change === 'atStep' ? 'step' : 'end' })
      openQueue(context)
  }
}

/** It may have been sent while the list was open. */
function findQueued({ root }: WorkbenchContext, id: string): QueuedMessage {
  const message = root.state.session.queue.find((one) => one.id === id)
  if (message === undefined) throw new UserError(NO_QUEUED_MESSAGES)
  return message
}
