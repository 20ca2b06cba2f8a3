import { randomUUID } from 'node:crypto'
import type { MemoryPort } from '../../lib/session/ports/memory.ts'
import type { MemoryItem, StoredDraft, TypedDraft } from '../../lib/session/state/memory.ts'
import { draftsNotStored } from '../messages/composer.ts'
import { draftFound, draftOfMissing } from '../messages/memory.ts'
import type { RootState } from '../state/state.ts'
import type { RootStore } from './render-scheduler.ts'

/** Milliseconds after a key until the draft is on the disk. */
const SAVE_DELAY_MS = 250

type DraftPort = Pick<MemoryPort, 'drafts' | 'draftsOfMissing' | 'saveDraft'>

interface MemoryDraftSaverPorts {
  readonly root: RootStore
  memory(): DraftPort
  report(problem: string): void
}

/**
 * Stores what is typed into memory blocks while it is typed, also when the agent loses the block meanwhile, and shows the
 * drafts of earlier runs. Returns a function that stops it, when everything is stored.
 */
export function startMemoryDraftSaver({
  root,
  memory,
  report,
}: MemoryDraftSaverPorts): () => Promise<void> {
  let stored: Texts = new Map()
  let timer: NodeJS.Timeout | null = null
  let hasFailed = false
  let isStopped = false
  /** The files of earlier runs whose texts are shown, by the id of the block. */
  const shownFiles = new Map<string, string>()
  /** Ids of blocks whose next draft is not shown yet. */
  const due = new Set<string>()
  /** The labels of the blocks that the agent has or had, by id. */
  const labels = new Map<string, string>()

  const fail = (thrown: unknown): void => {
    if (!(thrown instanceof Error)) throw thrown
    if (!hasFailed) report(draftsNotStored(thrown.message))
    hasFailed = true
  }
  let writing: Promise<unknown> = Promise.resolve()
  /** By the id of the block, the write that counts; those that failed are repeated by the next save. */
  const writes = new Map<string, DraftWrite>()
  const store = (port: DraftPort, id: string, draft: TypedDraft | null): void => {
    const replaced = shownFiles.get(id) ?? failedWrite(id)?.replaced ?? null
    shownFiles.delete(id)
    const write: DraftWrite = { draft, replaced, hasFailed: false }
    writes.set(id, write)
    const saved = (): void => {
      hasFailed = false
      if (writes.get(id) === write) writes.delete(id)
    }
    writing = port.saveDraft(id, draft, replaced).then(saved, (thrown: unknown) => {
      write.hasFailed = true
      fail(thrown)
    })
  }
  const failedWrite = (id: string): DraftWrite | undefined => {
    const write = writes.get(id)
    return write?.hasFailed === true ? write : undefined
  }
  const storeChanged = (port: DraftPort, texts: Texts): void => {
    for (const [id, draft] of texts) {
      const isStored = stored.get(id)?.text === draft.text && failedWrite(id) === undefined
      if (!isStored) store(port, id, draft)
    }
  }
  const save = (): void => {
    timer = null
    const port = memory()
    const texts = unsavedTexts(root.state, labels)
    for (const [id, { draft, hasFailed: isDue }] of [...writes]) {
      if (isDue && !texts.has(id)) store(port, id, draft)
    }
    storeChanged(port, texts)
    for (const id of stored.keys()) {
      if (texts.has(id) || !labels.has(id)) continue
      store(port, id, null)
      due.add(id)
    }
    stored = texts
    const next = root.state.session.memory.filter(
      (item) => due.has(item.block.id) && !isInUse(root.state, item.block.label),
    )
    if (next.length > 0 && !isStopped) load(next).catch(fail)
  }
  const show = (id: string, label: string, draft: StoredDraft): void => {
    const { agent } = root.state.session
    stored = new Map([...stored, [id, { ...draft, label, agentId: agent?.id ?? '' }]])
    shownFiles.set(id, draft.file)
    labels.set(id, label)
  }
  const announce = (
    found: readonly { readonly label: string; readonly draft: StoredDraft }[],
    describe: (label: string, count?: number) => string,
  ): void => {
    const drafts = Object.fromEntries(found.map(({ label, draft }) => [label, draft]))
    root.dispatch({ type: 'memory.draftsFound', drafts })
    for (const { label, draft } of found) {
      const text = describe(label, draft.count)
      root.dispatch({ type: 'notice.posted', id: randomUUID(), level: 'info', text, hint: null })
    }
  }
  const load = async (items: readonly MemoryItem[]): Promise<void> => {
    for (const { block } of items) due.delete(block.id)
    await writing
    const found = await memory().drafts(items.map(({ block }) => block.id))
    const left = items.flatMap((item) => {
      const { id, label, value } = item.block
      const draft = found.get(id)
      if (draft === undefined || stored.has(id)) return []
      if (isInUse(root.state, label)) {
        due.add(id)
        return []
      }
      show(id, label, draft)
      return draft.text === value ? [] : [{ label, draft }]
    })
    announce(left, draftFound)
  }
  /** Drafts of blocks that were deleted or detached since they were typed. */
  const loadMissing = async (): Promise<void> => {
    await writing
    const missing = await memory().draftsOfMissing()
    const left = missing.filter(({ blockId, label }) => {
      const isNamed = root.state.session.memory.some(({ block }) => block.label === label)
      return !stored.has(blockId) && !isNamed && !isInUse(root.state, label)
    })
    for (const { blockId, label, draft } of left) show(blockId, label, draft)
    announce(left, draftOfMissing)
  }
  let before = root.state
  /** The blocks whose drafts were read. */
  let read: ReadonlySet<string> = new Set()
  const stop = root.subscribe((_, event) => {
    const previous = before
    before = root.state
    const { session, workbench } = before
    const isOther = session.agent?.id !== previous.session.agent?.id
    if (isOther) {
      // The drafts of the previous agent stay, with the last keys; the other agent may share the block.
      storeChanged(memory(), unsavedTexts(previous, labels))
      stored = new Map()
      labels.clear()
      due.clear()
    }
    const isLoaded = event.type === 'memory.loaded'
    if (isOther || isLoaded) read = new Set()
    if (isOther || isLoaded || session.memory !== previous.session.memory) {
      for (const { block } of session.memory) labels.set(block.id, block.label)
      const added = session.memory.filter(({ block }) => !read.has(block.id))
      read = new Set(session.memory.map(({ block }) => block.id))
      if (added.length > 0) load(added).catch(fail)
    }
    if (isLoaded || event.type === 'session.shown') loadMissing().catch(fail)
    if (workbench.memory !== previous.workbench.memory) timer ??= setTimeout(save, SAVE_DELAY_MS)
  })
  return async () => {
    stop()
    isStopped = true
    await writing
    if (timer !== null) clearTimeout(timer)
    if (timer !== null || writes.size > 0) save()
    await writing
  }
}

/** A draft that is written, or removed when it is null. */
interface DraftWrite {
  readonly draft: TypedDraft | null
  /** The file of an earlier run that it replaces. */
  readonly replaced: string | null
  hasFailed: boolean
}

/** A draft on disk waits until the text in the editor is saved or stored. */
function isInUse({ workbench }: RootState, label: string): boolean {
  const { editing, merging, drafts } = workbench.memory
  return [editing?.label, merging?.label].includes(label) || label in drafts
}

type Texts = ReadonlyMap<string, TypedDraft>

/** By the id of the block; of one that the agent has lost, the last that it had. */
function unsavedTexts(
  { session, workbench }: RootState,
  labels: ReadonlyMap<string, string>,
): Texts {
  const { editing, merging, drafts } = workbench.memory
  const agentId = session.agent?.id ?? ''
  const texts = new Map(Object.entries(drafts))
  if (editing !== null)
    texts.set(editing.label, { before: editing.before, text: editing.editor.text })
  if (merging !== null) texts.set(merging.label, { before: merging.base, text: merging.mine })
  return new Map(
    [...texts].flatMap(([label, { before, text }]) => {
      const present = session.memory.find(({ block }) => block.label === label)?.block.id
      const id = present ?? [...labels].findLast(([, known]) => known === label)?.[0]
      return id === undefined || text === before ? [] : [[id, { before, text, label, agentId }]]
    }),
  )
}
