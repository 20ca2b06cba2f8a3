import type { Entry } from '../../lib/session/state/entry.ts'
import type { BlockVersion } from '../../lib/session/state/memory.ts'
import {
  commandNotFoundInBlock,
  FIND_IN_BLOCK,
  FINDINGS_TITLE,
  NOTHING_TO_CHANGE,
  notFoundInBlock,
  TURN_NOT_LOADED,
  TURN_UNKNOWN,
} from '../messages/memory.ts'
import {
  REVERT_QUESTION,
  REVERTED_ALREADY,
  revertConflict,
  revertTitle,
} from '../messages/memory-history.ts'
import { type BlockFacts, type MemoryColumn, selectedLines } from '../state/memory-page.ts'
import { selectedBlock } from '../view/panes/memory-selection.ts'
import { factsOf, listedVersions } from '../view/panes/memory-versions.ts'
import { needsMemoryBlock, onBlock } from './block-command.ts'
import { copyAndReport } from './copy.ts'
import { showLine } from './find.ts'
import { diffLines } from './memory-diff.ts'
import { compareVersions, reviewRestore } from './memory-history.ts'
import { openPicker, openPrompt, openReview } from './open-overlay.ts'
import { showItem } from './scroll.ts'
import { chooseTarget } from './transfer-text.ts'
import { flash, type WorkbenchCommand, type WorkbenchContext } from './workbench-command.ts'

/** The columns of the memory page: lines with their authors, and versions. */
export const MEMORY_PAGE_COMMANDS: readonly WorkbenchCommand[] = [
  onBlock('memory.authors', ({ root }) => {
    if (root.state.workbench.page !== 'memory')
      root.dispatch({ type: 'page.opened', page: 'memory' })
    root.dispatch({ type: 'memoryPage.authorsToggled' })
  }),
  onBlock('memory.markdown', ({ root }, { block }) => {
    const { page, memory } = root.state.workbench
    const isShown = page === 'memory' || memory.open.includes(block.label)
    if (!isShown) root.dispatch({ type: 'memory.toggled', label: block.label })
    if (isShown || !memory.page.showsMarkdown) root.dispatch({ type: 'memoryPage.markdownToggled' })
  }),
  onBlock('memory.find', (context, { block }) =>
    openPrompt(context, {
      title: block.label,
      explanation: FIND_IN_BLOCK.explanation,
      text: '',
      action: { type: 'memory.find' },
    }),
  ),
  hidden('memory.findNext', (context) => findAgain(context, 1)),
  hidden('memory.findPrevious', (context) => findAgain(context, -1)),
  hidden('memory.columnLeft', (context) => moveColumn(context, -1)),
  hidden('memory.columnRight', (context) => moveColumn(context, 1)),
  hidden('memory.leaveColumn', ({ root }) =>
    root.dispatch({ type: 'memoryPage.columnChosen', column: 'blocks' }),
  ),
  hidden('memory.lineUp', (context) => moveLine(context, -1)),
  hidden('memory.lineDown', (context) => moveLine(context, 1)),
  hidden('memory.copyLine', (context) => {
    const [first, last] = selectedLines(pageOf(context))
    const text = linesOf(context).slice(first, last + 1)
    return copyAndReport(context, labelOf(context), text.join('\n'))
  }),
  onBlock('memory.copyBlock', (context, { block }) =>
    copyAndReport(context, block.label, block.value),
  ),
  hidden('memory.goToTurn', goToTurn),
  hidden('memory.markLine', (context) => {
    const { line, markedLine } = pageOf(context)
    context.root.dispatch({
      type: 'memoryPage.linesMarked',
      line: markedLine === null ? line : null,
    })
  }),
  hidden('memory.moveText', (context) => chooseTarget(context, true)),
  hidden('memory.copyText', (context) => chooseTarget(context, false)),
  hidden('memory.revertLine', (context) => reviewRevertLine(context, 'line')),
  hidden('memory.revertHunk', (context) => reviewRevertLine(context, 'hunk')),
  hidden('memory.revertVersion', async (context) => {
    const version = await selectedVersion(context)
    if (version === undefined || version.isDeletion) return
    const plan = await context.session.memory.planRevertVersion(version)
    if (plan === null) flash(context, revertConflict(version.label, version.version))
    else reviewWrite(context, version, plan)
  }),
  {
    id: 'memory.doctor',
    unavailable: needsMemoryBlock,
    run: openFindings,
  },
  hidden('memory.versionUp', (context) => moveVersion(context, -1)),
  hidden('memory.versionDown', (context) => moveVersion(context, 1)),
  hidden('memory.markVersion', ({ root }) => root.dispatch({ type: 'memoryPage.versionMarked' })),
  hidden('memory.diffToNow', async (context) => {
    const version = await selectedVersion(context)
    if (version !== undefined) await compareVersions(context, version, 'current')
  }),
  hidden('memory.restoreVersion', async (context) => {
    const version = await selectedVersion(context)
    if (version !== undefined) reviewRestore(context, [version])
  }),
]

function hidden(
  id: WorkbenchCommand['id'],
  run: (context: WorkbenchContext) => void | Promise<void>,
): WorkbenchCommand {
  return { id, hidden: true, run: (context) => run(context) }
}

const COLUMNS: readonly MemoryColumn[] = ['blocks', 'text', 'history']

function moveColumn(context: WorkbenchContext, by: 1 | -1): void {
  const { root } = context
  if (root.state.workbench.page !== 'memory') return
  const at = COLUMNS.indexOf(pageOf(context).column) + by
  const column = COLUMNS[Math.min(COLUMNS.length - 1, Math.max(0, at))] ?? 'blocks'
  root.dispatch({ type: 'memoryPage.columnChosen', column })
}

function pageOf({ root }: WorkbenchContext) {
  return root.state.workbench.memory.page
}

function labelOf({ root }: WorkbenchContext): string {
  return selectedBlock(root.state)?.block.label ?? ''
}

function linesOf({ root }: WorkbenchContext): readonly string[] {
  return (selectedBlock(root.state)?.block.value ?? '').split('\n')
}

function factsIn(context: WorkbenchContext): BlockFacts | null {
  return factsOf(pageOf(context), selectedBlock(context.root.state))
}

function moveLine(context: WorkbenchContext, by: 1 | -1): void {
  const last = linesOf(context).length - 1
  goToLine(context, Math.min(last, Math.max(0, pageOf(context).line + by)))
}

function goToLine(context: WorkbenchContext, line: number): void {
  context.root.dispatch({ type: 'memoryPage.lineMoved', line })
  showItem(context, 'memory', String(line))
}

/** Older versions that are read at once. */
const OLDER_VERSIONS = 60

async function readOlder(context: WorkbenchContext, facts: BlockFacts): Promise<void> {
  const before = facts.versions.at(-1)?.version ?? 0
  const page = { limit: OLDER_VERSIONS, before }
  const versions = await context.session.memory.versions(labelOf(context), page)
  context.root.dispatch({ type: 'memoryPage.olderRead', blockId: facts.blockId, versions })
}

async function moveVersion(context: WorkbenchContext, by: 1 | -1): Promise<void> {
  const count = (): number => {
    const item = selectedBlock(context.root.state)
    return listedVersions(pageOf(context), item)?.versions.length ?? 1
  }
  const isAtEnd = (): boolean => by === 1 && pageOf(context).version === count() - 1
  const facts = isAtEnd() ? await readFacts(context) : null
  if (facts !== null && isAtEnd() && facts.versions.length < facts.totals.versions) {
    await readOlder(context, facts)
  }
  const last = count() - 1
  const version = Math.min(last, Math.max(0, pageOf(context).version + by))
  context.root.dispatch({ type: 'memoryPage.versionMoved', version })
  context.root.dispatch({
    type: 'scroll.moved',
    pane: 'memory',
    scroll: { type: 'item', item: '', row: 0 },
  })
}

async function selectedVersion(context: WorkbenchContext): Promise<BlockVersion | undefined> {
  return (await readFacts(context))?.versions[pageOf(context).version]
}

/** A key may come before the versions are read; null when the block was left meanwhile. */
function readFacts({ root }: WorkbenchContext): Promise<BlockFacts | null> {
  const id = selectedBlock(root.state)?.block.id
  return root.when((state) => {
    const item = selectedBlock(state)
    const isLeft = state.workbench.page !== 'memory' || item?.block.id !== id
    return isLeft ? null : (factsOf(state.workbench.memory.page, item) ?? undefined)
  })
}

/** What is left of the block is shown before a yes. */
async function reviewRevertLine(context: WorkbenchContext, scope: 'line' | 'hunk'): Promise<void> {
  const { line } = pageOf(context)
  const label = labelOf(context)
  const plan = await context.session.memory.planRevert(label, line, scope)
  const version = factsIn(context)?.lines[line]?.arrival
  reviewWrite(context, { label, version: version?.version ?? 0 }, plan)
}

function reviewWrite(
  context: WorkbenchContext,
  { label, version }: Pick<BlockVersion, 'label' | 'version'>,
  plan: { readonly before: string; readonly after: string },
): void {
  if (plan.before === plan.after) {
    flash(context, REVERTED_ALREADY)
    return
  }
  openReview(context, {
    title: revertTitle(label, version),
    lines: diffLines(plan.before, plan.after),
    question: { text: REVERT_QUESTION, action: { type: 'memory.write', label, ...plan } },
  })
}

export function showBlockLine(context: WorkbenchContext, label: string, line: number): void {
  const { root } = context
  root.dispatch({ type: 'page.opened', page: 'memory' })
  root.dispatch({ type: 'memory.selected', label })
  root.dispatch({ type: 'memoryPage.columnChosen', column: 'text' })
  goToLine(context, line)
}

/** Each finding leads to its line, where it can be edited. */
async function openFindings(context: WorkbenchContext): Promise<void> {
  const findings = await context.session.memory.examine()
  if (findings.length === 0) {
    flash(context, NOTHING_TO_CHANGE)
    return
  }
  const items = findings.map(({ label, line, text }) => {
    return {
      title: line === null ? label : `${label}:${line}`,
      detail: text,
      current: false,
      action: { type: 'memory.showLine', label, line: (line ?? 1) - 1 } as const,
    }
  })
  openPicker(context, FINDINGS_TITLE, items)
}

/** Goes to the first line with the text from the current one on. */
export function findInBlock(context: WorkbenchContext, text: string): void {
  const { root } = context
  const line = findLine(linesOf(context), text, pageOf(context).line, 1)
  if (text !== '' && line === null) {
    const isCommand = context.commands.some(({ slash }) => slash === text)
    flash(context, isCommand ? commandNotFoundInBlock(text) : notFoundInBlock(text))
    return
  }
  if (root.state.workbench.page !== 'memory') root.dispatch({ type: 'page.opened', page: 'memory' })
  root.dispatch({ type: 'memoryPage.queried', query: text, line: line ?? 0 })
  showItem(context, 'memory', String(line ?? 0))
}

function findAgain(context: WorkbenchContext, by: 1 | -1): void {
  const { query, line } = pageOf(context)
  const lines = linesOf(context)
  const from = (line + by + lines.length) % lines.length
  const found = query === '' ? null : findLine(lines, query, from, by)
  if (found !== null) goToLine(context, found)
}

/** In circles. */
function findLine(lines: readonly string[], text: string, from: number, by: 1 | -1): number | null {
  const wanted = text.toLowerCase()
  for (let step = 0; step < lines.length; step++) {
    const at = (from + step * by + lines.length * 2) % lines.length
    if (lines[at]?.toLowerCase().includes(wanted)) return at
  }
  return null
}

/** The call that wrote the line, or the version. */
async function goToTurn(context: WorkbenchContext): Promise<void> {
  const { column, line } = pageOf(context)
  const version =
    column === 'history' ? await selectedVersion(context) : factsIn(context)?.lines[line]?.version
  const callId = version?.origin.callId
  const { settled, current } = context.root.state.session
  const entry = [...settled, ...current].find((one) => callId !== undefined && isCall(one, callId))
  if (entry === undefined) {
    flash(context, callId === undefined ? TURN_UNKNOWN : TURN_NOT_LOADED)
    return
  }
  context.run('page.chat')
  showLine(context, entry.id, 0)
}

function isCall(entry: Entry, callId: string): boolean {
  return entry.type === 'tool' && entry.call.callId === callId
}
