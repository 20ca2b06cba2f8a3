import path from 'node:path'
import { serverName } from '../../client/backend.ts'
import type { GatewayArchival } from '../../client/gateway/archival.ts'
import type { VersionTotals } from '../../client/gateway/block-versions.ts'
import { type BlameLine, readBlame } from '../../memory/blame.ts'
import { type DraftFiles, openDrafts } from '../../memory/drafts.ts'
import { examineMemory } from '../../memory/examine.ts'
import {
  listVersionRows,
  type MemoryHistory,
  type VersionPage,
  type VersionRow,
} from '../../memory/history.ts'
import { cleanMerge } from '../../memory/merge.ts'
import { blockNotFound, cannotRevert, findingText } from '../../memory/messages.ts'
import { type RevertScope, revertLine } from '../../memory/revert-line.ts'
import { placeholderTexts } from '../../prompts/index.ts'
import { UserError } from '../../util/user-error.ts'
import { type BlockActions, createBlockActions } from '../block-actions.ts'
import { type EditResult, editMemory } from '../edit-memory.ts'
import type { MemoryWatch } from '../memory-watch.ts'
import type { VersionRecorder } from '../record-versions.ts'
import { agentServices, openAgentId, type SessionContext } from '../session-context.ts'
import type {
  BlockVersion,
  DraftOfMissingBlock,
  MemoryBlock,
  NewestVersions,
  Passage,
  StoredDraft,
  TypedDraft,
} from '../state/memory.ts'

export type { VersionRow }

/** What was found in a block. `line` counts from 1; null for the block itself. */
interface FoundBlockLine {
  readonly label: string
  readonly line: number | null
  readonly text: string
}

/** The archival memory of the open agent. */
export interface ArchivalPort {
  /** Query: newest first, those that contain the text; null when the server has no archival memory for the agent. */
  list(text: string): Promise<readonly Passage[] | null>
  insert(text: string): Promise<void>
  remove(passageId: string): Promise<void>
}

/** A value that would replace the present one. */
interface PlannedWrite {
  readonly before: string
  readonly after: string
}

/** The agent's memory blocks. */
export interface MemoryPort {
  readonly blocks: BlockActions
  /** Saves the user's edit of the value `before`, merged with what others have changed since. */
  edit(label: string, value: string, before: string): Promise<EditResult>
  /** Looks for changes that others have made. */
  refresh(): Promise<void>
  /** Query: the versions of a block with the lines that each has changed, newest first. */
  versions(label: string, page: VersionPage): Promise<readonly VersionRow[]>
  /** Query: the newest versions without their values, for a first look; null when the server does not list them so. */
  newest(label: string, limit: number): Promise<NewestVersions | null>
  /** Query: how many versions are stored of a block, and their characters. */
  totals(label: string): Promise<VersionTotals>
  /** Query: who wrote each line of a block. */
  blame(label: string): Promise<readonly BlameLine[]>
  /** Query: the block without what the version of a line (from 0) has changed there. Throws when that version is the oldest known. */
  planRevert(label: string, line: number, scope: RevertScope): Promise<PlannedWrite>
  /** Query: the block without what a version has changed; null when later versions have changed the same lines. */
  planRevertVersion(version: BlockVersion): Promise<PlannedWrite | null>
  /** Query: what is worth changing. */
  examine(): Promise<readonly FoundBlockLine[]>
  readonly archival: ArchivalPort
  /** Query: deleted blocks of the agent, newest first. */
  deleted(): Promise<readonly BlockVersion[]>
  /** Restores a version, also of a deleted block. */
  restore(version: BlockVersion): Promise<void>
  /** Query: the newest unsaved text of each block on disk, by the id of the block. */
  drafts(blockIds: readonly string[]): Promise<ReadonlyMap<string, StoredDraft>>
  /** Query: unsaved texts of blocks that the agent no longer has. */
  draftsOfMissing(): Promise<readonly DraftOfMissingBlock[]>
  /** Stores what was typed in place of the file `replaced`, so that it survives the end of the process; null removes both. */
  saveDraft(blockId: string, draft: TypedDraft | null, replaced: string | null): Promise<void>
}

export function createMemory(
  context: SessionContext,
  watch: MemoryWatch,
  recorder: VersionRecorder,
): MemoryPort {
  // One write after another: a slow one must not replace a later one.
  let writing: Promise<void> = Promise.resolve()
  const draftFiles = createDraftFiles(context)
  return {
    edit: async (label, value, before) => editMemory(agentServices(context), label, value, before),
    blocks: createBlockActions(() => agentServices(context), recorder.history),
    refresh: () => watch.refresh(),
    async versions(label, page) {
      const history = recorder.history(agentServices(context))
      return listVersionRows(history, blockByLabel(context, label).id, page)
    },
    newest: async (label, limit) =>
      recorder.history(agentServices(context)).newest(blockByLabel(context, label).id, limit),
    totals: async (label) =>
      recorder.history(agentServices(context)).totals(blockByLabel(context, label).id),
    blame: async (label) =>
      readBlame(recorder.history(agentServices(context)), blockByLabel(context, label).id),
    async planRevert(label, line, scope) {
      const { id, value } = blockByLabel(context, label)
      const history = recorder.history(agentServices(context))
      const blame = await readBlame(history, id)
      const one = blame[line]
      const isCurrent = blame.map(({ text }) => text).join('\n') === value
      const isOldest = one?.isOldest === true && one.version === one.arrival
      if (one === undefined || isOldest || !isCurrent) throw new UserError(cannotRevert(label))
      const previous = await valueBefore(history, one.arrival)
      return { before: value, after: revertLine(blame, line, previous, scope) }
    },
    async planRevertVersion(version) {
      const { value } = blockByLabel(context, version.label)
      const previous = await valueBefore(recorder.history(agentServices(context)), version)
      const after = cleanMerge(version.value, previous, value)
      return after === null ? null : { before: value, after }
    },
    async examine() {
      const { memory, directory, outsideLines: outside } = context.store.state
      const blocks = memory.map(({ block }) => block)
      const findings = await examineMemory({
        blocks,
        directory,
        outside,
        placeholders: placeholderTexts(),
        now: context.base.now(),
      })
      return findings.map((finding) => {
        return { label: finding.label, line: finding.line, text: findingText(finding) }
      })
    },
    archival: {
      list: async (text) => archivalOf(context).list(openAgentId(context), text),
      insert: async (text) => archivalOf(context).insert(openAgentId(context), text),
      remove: async (id) => archivalOf(context).remove(openAgentId(context), id),
    },
    deleted: async () => recorder.history(agentServices(context)).deleted(openAgentId(context)),
    async restore(version) {
      const services = agentServices(context)
      const block = await recorder.history(services).restore(version)
      const at = services.now()
      services.store.dispatch({ type: 'memory.changed', block, by: 'restore', at })
    },
    async drafts(blockIds) {
      const files = draftFiles()
      const found = await Promise.all(
        blockIds.map(async (id) => [id, await files.read(id)] as const),
      )
      return new Map(found.flatMap(([id, draft]) => (draft === null ? [] : [[id, draft]])))
    },
    async draftsOfMissing() {
      const ids = context.store.state.memory.map(({ block }) => block.id)
      return draftFiles().readMissing(openAgentId(context), ids)
    },
    saveDraft(blockId, draft, replaced) {
      const files = draftFiles()
      const write = async (): Promise<void> =>
        draft === null ? files.remove(blockId, replaced) : files.write(blockId, draft, replaced)
      writing = writing.then(write, write)
      return writing
    },
  }
}

function archivalOf(context: SessionContext): GatewayArchival {
  return agentServices(context).gateway.archival
}

async function valueBefore(
  history: Pick<MemoryHistory, 'versions'>,
  { blockId, version }: BlockVersion,
): Promise<string> {
  const [previous] = await history.versions(blockId, { limit: 1, before: version })
  return previous === undefined || previous.isDeletion ? '' : previous.value
}

function blockByLabel({ store }: SessionContext, label: string): MemoryBlock {
  const block = store.state.memory.find((item) => item.block.label === label)?.block
  if (block === undefined) throw new UserError(blockNotFound(label))
  return block
}

function createDraftFiles({ base }: SessionContext): () => DraftFiles {
  const opened = new Map<string, DraftFiles>()
  return () => {
    const { lettaDirectory, backend } = base.options
    const server = serverName(backend)
    const known = opened.get(server) ?? openDrafts(path.join(lettaDirectory, 'drafts'), server)
    opened.set(server, known)
    return known
  }
}
