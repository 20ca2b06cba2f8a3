import { randomUUID } from 'node:crypto'
import type { MemoryPort } from '../../lib/session/ports/memory.ts'
import type { BlockDraftText, MemoryItem } from '../../lib/session/state/memory.ts'
import { draftFound } from '../messages/memory.ts'
import type { RootState } from '../state/state.ts'
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
  let isStopped = false
  /** The files of earlier runs whose texts are shown, by the id of the block. */
  const shownFiles = new Map<string, string>()
  /** Ids of blocks whose next draft is not shown yet. */
  const due = new Set<string>()

  const fail = (thrown: unknown): void => {
    if (!(thrown instanceof Error)) throw thrown
    if (!hasFailed) report(thrown.message)
    hasFailed = true
  }
  let writing: Promise<unknown> = Promise.resolve()
  const store = (id: string, draft: BlockDraftText | null): void => {
    const replaced = shownFiles.get(id) ?? null
    shownFiles.delete(id)
    writing = memory().saveDraft(id, draft, replaced).catch(fail)
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
      if (texts.has(id) || !isOpen(id)) continue
      store(id, null)
      due.add(id)
    }
    stored = texts
    const next = root.state.session.memory.filter(
      (item) => due.has(item.block.id) && !isInUse(root.state, item),
    )
    if (next.length > 0 && !isStopped) load(next).catch(fail)
  }
  const load = async (items: readonly MemoryItem[]): Promise<void> => {
    for (const { block } of items) due.delete(block.id)
    await writing
    const found = await memory().drafts(items.map(({ block }) => block.id))
    const left = items.flatMap((item) => {
      const { id, label, value } = item.block
      const draft = found.get(id)
      if (draft === undefined || stored.has(id)) return []
      if (isInUse(root.state, item)) {
        due.add(id)
        return []
      }
      stored = new Map([...stored, [id, draft]])
      shownFiles.set(id, draft.file)
      return draft.text === value ? [] : [{ label, draft }]
    })
    const drafts = left.map(({ label, draft }) => [label, draft])
    root.dispatch({ type: 'memory.draftsFound', drafts: Object.fromEntries(drafts) })
    for (const { label, draft } of left) {
      const text = draftFound(label, draft.count)
      root.dispatch({ type: 'notice.posted', id: randomUUID(), level: 'info', text, hint: null })
    }
  }
  let seen = root.state.workbench.memory
  const stop = root.subscribe(({ workbench }, event) => {
    if (event.type === 'memory.loaded') load(root.state.session.memory).catch(fail)
    if (workbench.memory === seen) return
    seen = workbench.memory
    timer ??= setTimeout(save, SAVE_DELAY_MS)
  })
  return async () => {
    stop()
    isStopped = true
    if (timer !== null) {
      clearTimeout(timer)
      save()
    }
    await writing
  }
}

/** A draft on disk waits until the text in the editor is saved or stored. */
function isInUse({ workbench }: RootState, { block }: MemoryItem): boolean {
  const { editing, merging, drafts } = workbench.memory
  return [editing?.label, merging?.label].includes(block.label) || block.label in drafts
}

type Texts = ReadonlyMap<string, BlockDraftText>

/** By the id of the block. */
function unsavedTexts({ session, workbench }: RootState): Texts {
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
