import type { MemoryPort } from '../../lib/session/ports/memory.ts'
import type { MemoryBlock } from '../../lib/session/state/memory.ts'
import { UserError } from '../../lib/util/user-error.ts'
import { readPassages } from '../commands/archival.ts'
import type { BlockFacts } from '../state/memory-page.ts'
import type { RootState } from '../state/state.ts'
import { selectedBlock } from '../view/panes/memory-selection.ts'
import type { RootStore } from './render-scheduler.ts'

/** Versions that are read first; older ones when the selection comes to the last one. */
const PAGE = 60
/** The newest versions of a block are read when it was selected, or is unchanged, for this long: a turn may change it many times. */
const IDLE_MS = 500
/** Of a block that was not shown before, these are shown without waiting for the others. */
const FIRST = 10

/**
 * Reads what the memory page shows of a block, its versions and authors, when the page is open and the block is selected or
 * changed; and once which blocks other agents have.
 */
export function startMemoryPageLoader(
  root: RootStore,
  memory: () => Pick<
    MemoryPort,
    'newest' | 'versions' | 'blame' | 'blocks' | 'archival' | 'totals'
  >,
): void {
  let seen: unknown = null
  let seenIds = ''
  let expected: MemoryBlock | null = null
  let timer: NodeJS.Timeout | undefined
  let reading: Promise<void> = Promise.resolve()

  const readNewest = async (): Promise<void> => {
    const block = selectedBlock(root.state)?.block
    if (block === undefined) return
    const newest = await memory().newest(block.label, FIRST)
    root.dispatch({ type: 'memoryPage.newestRead', newest })
  }

  const readFacts = async (label: string): Promise<void> => {
    const item = selectedBlock(root.state)
    // Another block was selected meanwhile.
    if (item?.block.label !== label) return
    const { id: blockId, value } = item.block
    const port = memory()
    const show = (facts: Omit<BlockFacts, 'blockId' | 'value'>): void =>
      root.dispatch({ type: 'memoryPage.factsRead', facts: { blockId, value, ...facts } })
    const known = root.state.workbench.memory.page.facts
    if (known?.blockId !== blockId) {
      if (root.state.workbench.memory.page.newest?.blockId !== blockId) await readNewest()
      const [newest, stored] = await Promise.all([
        port.versions(label, { limit: FIRST, before: null }),
        port.totals(label),
      ])
      show({ versions: newest, lines: [], totals: stored })
    }
    // The selected one stays among them.
    const shown = known?.blockId === blockId ? known.versions.length : 0
    const [versions, lines, totals] = await Promise.all([
      port.versions(label, { limit: Math.max(PAGE, shown + 1), before: null }),
      port.blame(label),
      port.totals(label),
    ])
    show({ versions, lines, totals })
  }

  const readSharing = async (ids: readonly string[]): Promise<void> => {
    const { blocks } = memory()
    const reaches = await Promise.all(ids.map(async (id) => ({ id, ...(await blocks.reach(id)) })))
    root.dispatch({
      type: 'memoryPage.sharingRead',
      sharing: Object.fromEntries(reaches.map(({ id, agents }) => [id, agents])),
      places: Object.fromEntries(reaches.map(({ id, place }) => [id, place])),
    })
  }

  const read = (work: () => Promise<void>): void => {
    // The server may be unreachable, or the block deleted: what needs it reports that.
    const quietly = (): Promise<void> =>
      work().catch((thrown: unknown) => {
        if (!(thrown instanceof UserError)) throw thrown
      })
    reading = reading.then(quietly)
  }

  // The page shows them in its first frame.
  const expect = ({ session, workbench }: RootState): void => {
    const block =
      session.agent === null ? null : (selectedBlock({ session, workbench })?.block ?? null)
    if (block === expected) return
    expected = block
    clearTimeout(timer)
    if (block === null) return
    timer = setTimeout(() => read(readNewest), IDLE_MS)
    timer.unref()
  }

  root.subscribe((state, event) => {
    const { session, workbench } = state
    expect(state)
    // The agent may have written to it.
    if (event.type === 'turn.finished') void readPassages(root, memory().archival)
    if (workbench.page !== 'memory' || session.agent === null) {
      seen = null
      seenIds = ''
      return
    }
    const ids = session.memory.map(({ block }) => block.id)
    if (ids.join() !== seenIds) {
      seenIds = ids.join()
      read(() => readSharing(ids))
    }
    const block = selectedBlock(state)?.block ?? null
    if (block === null || block === seen) return
    seen = block
    read(() => readFacts(block.label))
  })
}
