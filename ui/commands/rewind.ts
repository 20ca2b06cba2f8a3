import type { RewindPart, RewindPlan } from '../../lib/session/state/changes.ts'
import { timeAgo } from '../../lib/util/time-ago.ts'
import { UserError } from '../../lib/util/user-error.ts'
import {
  cannotRewindShown,
  commandsStay,
  filesStay,
  jobsStay,
  memoryBlockHeading,
  memoryOfOthersStays,
  NO_CHECKPOINTS,
  NOTHING_TO_REWIND,
  RESTORE_TITLE,
  REWIND_PARTS_TITLE,
  REWIND_QUESTION,
  REWIND_REST_QUESTION,
  REWIND_TITLE,
  REWOUND_CONVERSATION,
  REWOUND_CONVERSATION_BACK,
  restored,
  rewindDetail,
  rewindMemoryOfOthers,
  rewindParts,
  rewound,
} from '../messages/rewind.ts'
import { insert } from '../state/editor.ts'
import type { QuestionAction } from '../state/overlay-actions.ts'
import type { PageLine, PickerItem } from '../state/state.ts'
import { cleanLine } from '../view/render/sanitize.ts'
import { diffLines } from './memory-diff.ts'
import { openPicker, openReview } from './open-overlay.ts'
import { undoLines } from './review-undo.ts'
import {
  flash,
  needsIdle,
  type WorkbenchCommand,
  type WorkbenchContext,
} from './workbench-command.ts'

export const REWIND_COMMANDS: readonly WorkbenchCommand[] = [
  {
    id: 'rewind.open',
    unavailable: needsIdle,
    async run(context) {
      const points = await context.session.rewind.list()
      if (points.length === 0) return flash(context, NO_CHECKPOINTS)
      const now = context.now()
      const items = points.map(
        ({ id, text, at, ...counts }): PickerItem => ({
          title: text.replaceAll(/\s+/g, ' '),
          detail: rewindDetail({ ...counts, when: timeAgo(Math.max(0, now - at)) }),
          current: false,
          action: { type: 'rewind.choose', checkpointId: id },
        }),
      )
      openPicker(context, REWIND_TITLE, items)
    },
  },
]

/** Conversation, files and memory: together, or one of them. Parts without a change are left out. */
export async function chooseParts(context: WorkbenchContext, checkpointId: string): Promise<void> {
  const plan = await context.session.rewind.plan(checkpointId)
  const parts: readonly RewindPart[] = [
    ...(plan.conversation === null ? (['conversation'] as const) : []),
    ...(plan.files.files.length > 0 ? (['files'] as const) : []),
    ...(plan.memory.length > 0 ? (['memory'] as const) : []),
  ]
  const [only, ...others] = parts
  const ofOthers = plan.memoryOfOthers
  if (only === undefined && ofOthers.length === 0) return flash(context, NOTHING_TO_REWIND)
  if (only !== undefined && others.length === 0 && ofOthers.length === 0) {
    return reviewRewind(context, plan, parts)
  }
  const choices: readonly (readonly RewindPart[])[] = [
    ...(parts.length > 1 ? [parts] : []),
    ...(parts.length > 2 ? [others] : []),
    ...parts.map((part) => [part]),
  ]
  const items = choices.map(
    (chosen): PickerItem => ({
      title: rewindParts(chosen),
      detail: '',
      current: false,
      action: { type: 'rewind.review', plan, parts: chosen },
    }),
  )
  openPicker(context, REWIND_PARTS_TITLE, [...items, ...memoryOfOthersItem(plan)])
}

/** What others have written is only rewound when that is chosen. */
function memoryOfOthersItem(plan: RewindPlan): readonly PickerItem[] {
  const { memory, memoryOfOthers: blocks } = plan
  if (blocks.length === 0) return []
  const labels = blocks.map(({ label }) => cleanLine(label))
  const names = [...new Set(blocks.flatMap(({ writers }) => writers))]
  const all = { ...plan, memory: [...memory, ...blocks], memoryOfOthers: [] }
  return [
    {
      ...rewindMemoryOfOthers(labels, names),
      current: false,
      action: { type: 'rewind.review', plan: all, parts: ['memory'] },
    },
  ]
}

/** Shows what changes and what cannot be rewound, before a yes. */
export function reviewRewind(
  context: WorkbenchContext,
  plan: RewindPlan,
  parts: readonly RewindPart[],
): void {
  const kept = parts.includes('files') ? plan.files.files.filter(isKept) : []
  if (parts.length === 1 && kept.length > 0 && kept.length === plan.files.files.length) {
    throw new UserError(cannotRewindShown(kept.flatMap(({ reason }) => reason ?? [])))
  }
  const title = plan.point.type === 'rewind' ? RESTORE_TITLE : REWIND_TITLE
  openReview(context, {
    title: `${title}: ${plan.point.text.replaceAll(/\s+/g, ' ')}`,
    lines: rewindLines(plan, parts, runningJobs(context)),
    question: {
      text: kept.length > 0 ? REWIND_REST_QUESTION : REWIND_QUESTION,
      action: { type: 'rewind.apply', plan, parts },
    },
  })
}

/** The command lines of background jobs that run. */
function runningJobs({ root }: WorkbenchContext): readonly string[] {
  return root.state.session.jobs.flatMap(({ status, command }) =>
    status.type === 'running' ? [cleanLine(command)] : [],
  )
}

function rewindLines(
  plan: RewindPlan,
  parts: readonly RewindPart[],
  jobs: readonly string[],
): readonly PageLine[] {
  const isBack = plan.point.type === 'rewind'
  const text = (line: string): PageLine => ({ type: 'text', text: line })
  return [
    ...(plan.conversation === null ? [] : [text(plan.conversation)]),
    ...(parts.includes('conversation')
      ? [text(isBack ? REWOUND_CONVERSATION_BACK : REWOUND_CONVERSATION)]
      : []),
    ...(parts.includes('files')
      ? filesStay(plan.files.files.flatMap(({ reason }) => reason ?? [])).map(text)
      : []),
    ...(parts.includes('memory') ? memoryOfOthersStays(plan.memoryOfOthers).map(text) : []),
    ...(plan.commands.length > 0 && parts.includes('files')
      ? commandsStay(plan.commands).map(text)
      : []),
    ...(jobs.length > 0 ? jobsStay(jobs).map(text) : []),
    text(''),
    ...(parts.includes('memory')
      ? plan.memory.flatMap(({ label, before, after }): readonly PageLine[] => [
          { type: 'heading', text: memoryBlockHeading(label) },
          ...diffLines(before, after),
          text(''),
        ])
      : []),
    ...(parts.includes('files')
      ? undoLines({ files: plan.files.files.filter((file) => !isKept(file)) })
      : []),
  ]
}

function isKept({ reason }: RewindPlan['files']['files'][number]): boolean {
  return reason !== null
}

/** When files were modified since they were shown, nothing changes, and they are shown again. */
export async function applyRewind(
  context: WorkbenchContext,
  { plan, parts }: Omit<Extract<QuestionAction, { type: 'rewind.apply' }>, 'type'>,
): Promise<void> {
  const { session, root } = context
  const { settled } = root.state.session
  const message = settled.find((entry) => entry.type === 'user' && entry.id === plan.point.id)
  try {
    await session.rewind.apply(plan, parts)
  } catch (thrown) {
    if (!(thrown instanceof UserError)) throw thrown
    session.notify('warning', thrown.message)
    return reviewRewind(context, await session.rewind.plan(plan.point.id), parts)
  }
  const isForked =
    plan.point.type === 'message' && (parts.includes('conversation') || plan.isCopied)
  const { composer } = root.state.workbench
  if (isForked && composer.text === '') {
    const text = message?.type === 'user' ? message.text : plan.point.text
    root.dispatch({ type: 'text.edited', editor: insert(composer, text), at: context.now() })
  }
  const done = plan.point.type === 'rewind' ? restored : rewound
  session.notify('info', done(plan.point.text))
}
