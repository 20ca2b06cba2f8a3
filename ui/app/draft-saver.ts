import { randomUUID } from 'node:crypto'
import type { MemoryPort } from '../../lib/session/ports/memory.ts'
import type { BlockDraftText } from '../../lib/session/state/memory.ts'
import type { SessionState } from '../../lib/session/state/session-state.ts'
import { draftKept } from '../messages/notices.ts'
import type { WorkbenchState } from '../state/state.ts'
import type { RootStore } from './render-scheduler.ts'

/** Milliseconds after a key until the draft is on the disk. */
const SAVE_DELAY_MS = 250

interface DraftSaverPorts {
  readonly root: RootStore
  memory(): Pick<MemoryPort, 'drafts' | 'saveDraft'>
  report(problem: string): void
}

/** Stores what is typed into memory blocks while it is typed, and shows the drafts of earlier runs. Returns a function that stops it, when everything is stored. */
export function startDraftSaver({ root, memory, report }: DraftSaverPorts): () => Promise<void> {
  let stored: Texts = new Map()
  let timer: NodeJS.Timeout | null = null
  let hasFailed = false

  const fail = (thrown: unknown): void => {
    if (!(thrown instanceof Error)) throw thrown
    if (!hasFailed) report(thrown.message)
    hasFailed = true
  }
  let writing: Promise<unknown> = Promise.resolve()
  const store = (id: string, draft: BlockDraftText | null): void => {
    writing = memory().saveDraft(id, draft).catch(fail)
  }
  const save = (): void => {
    timer = null
    const texts = unsavedTexts(root.state)
    for (const [id, draft] of texts) {
      if (stored.get(id)?.text === draft.text) continue
      store(id, draft)
    }
    // After another agent was opened, the drafts of the previous one stay.
    const isOpen = (id: string): boolean =>
      root.state.session.memory.some(({ block }) => block.id === id)
    for (const id of stored.keys()) {
      if (!texts.has(id) && isOpen(id)) store(id, null)
    }
    stored = texts
  }
  const load = async (): Promise<void> => {
    const { memory: items } = root.state.session
    const found = await memory().drafts(items.map(({ block }) => block.id))
    const labelsLeft = items.flatMap(({ block }) => {
      const draft = found.get(block.id)
      const isLeft = draft !== undefined && draft.text !== block.value && !stored.has(block.id)
      return isLeft ? [block.label] : []
    })
    stored = new Map([...found, ...stored])
    const drafts = items.flatMap(({ block }) => {
      const draft = found.get(block.id)
      return draft === undefined || draft.text === block.value ? [] : [[block.label, draft]]
    })
    root.dispatch({ type: 'memory.draftsFound', drafts: Object.fromEntries(drafts) })
    for (const label of labelsLeft) {
      const text = draftKept(label)
      root.dispatch({ type: 'notice.posted', id: randomUUID(), level: 'info', text, hint: null })
    }
  }
  let seen = root.state.workbench.memory
  const stop = root.subscribe(({ workbench }, event) => {
    if (event.type === 'memory.loaded') load().catch(fail)
    if (workbench.memory === seen) return
    seen = workbench.memory
    timer ??= setTimeout(save, SAVE_DELAY_MS)
  })
  return async () => {
    stop()
    if (timer !== null) {
      clearTimeout(timer)
      save()
    }
    await writing
  }
}

type Texts = ReadonlyMap<string, BlockDraftText>

/** By the id of the block. */
function unsavedTexts({
  session,
  workbench,
}: {
  readonly session: SessionState
  readonly workbench: WorkbenchState
}): Texts {
  const { editing, merging, drafts } = workbench.memory
  const texts = new Map(Object.entries(drafts))
  if (editing !== null)
    texts.set(editing.label, { before: editing.before, text: editing.editor.text })
  if (merging !== null) texts.set(merging.label, { before: merging.base, text: merging.mine })
  return new Map(
    [...texts].flatMap(([label, draft]) => {
      const id = session.memory.find(({ block }) => block.label === label)?.block.id
      return id === undefined || draft.text === draft.before ? [] : [[id, draft]]
    }),
  )
}
