import { takesNoValue } from '../../lib/cli/messages.ts'
import { parsePositiveInteger } from '../../lib/cli/numbers.ts'
import type { SubcommandInvocation } from '../../lib/cli/parse.ts'
import { type BlameLine, readBlame } from '../../lib/memory/blame.ts'
import {
  blockVersionAt,
  listVersionRows,
  type MemoryHistory,
  type VersionRow,
} from '../../lib/memory/history.ts'
import { blockReadOnly } from '../../lib/memory/messages.ts'
import { parseSince, type Since } from '../../lib/memory/parse-since.ts'
import { readSessionStart } from '../../lib/memory/session-start.ts'
import { authorName, propertyChanges } from '../../lib/session/messages/memory.ts'
import type { BlockVersion, MemoryBlock } from '../../lib/session/state/memory.ts'
import { largest } from '../../lib/util/extremes.ts'
import { formatLocalTime } from '../../lib/util/local-time.ts'
import { countLines, formatUnifiedDiff } from '../../lib/util/unified-diff.ts'
import { UsageError, UserError } from '../../lib/util/user-error.ts'
import { type CliEnvironment, workingDirectory } from '../io/cli-environment.ts'
import { confirm } from '../io/prompt.ts'
import {
  blameHead,
  confirmRestore,
  invalidSince,
  invalidVersion,
  NO_SESSION_HERE,
  NOTHING_RESTORED,
  noChanges,
  olderVersions,
  restoredVersion,
  SINCE_VERSION_NEEDS_LABEL,
  sameAsVersion,
  versionGap,
  versionLine,
  versionRequired,
  versionsOfThisMachine,
} from '../messages.ts'
import { type AgentMemory, blockOfAgent, withMemory } from './memory.ts'

/** `letta memory show LABEL` and `letta memory show LABEL@VERSION` */
export function showBlock(cli: CliEnvironment, invocation: SubcommandInvocation): Promise<number> {
  return withMemory(cli, invocation, async (memory) => {
    const { print, printJson, flags } = { ...memory, flags: invocation.flags }
    const { label, version } = parseReference(memory, invocation.operands[0] ?? '')
    if (version === null) {
      const block = blockOfAgent(memory.blocks, label)
      return flags.has('json') ? printJson(block) : print(block.value)
    }
    const found = await memory.history.version(await blockOf(memory, label), version)
    return flags.has('json') ? printJson(withIsoTime(found)) : print(found.value)
  })
}

/** `letta memory blame LABEL` */
export function showBlame(cli: CliEnvironment, invocation: SubcommandInvocation): Promise<number> {
  return withMemory(cli, invocation, async ({ blocks, history, print, printJson, notify }) => {
    const { id, label } = blockOfAgent(blocks, invocation.operands[0] ?? '')
    const lines = await readBlame(history, id)
    if (invocation.flags.has('json')) return printJson(lines.map(summarizeBlame))
    const heads = lines.map(({ version, isOldest }) =>
      blameHead({
        version: `${version.blockId === id ? 'v' : `${version.label}@`}${version.version}`,
        time: formatLocalTime(version.at),
        author: authorName(version.by, version.origin),
        isOldest,
      }),
    )
    const width = largest(
      heads.map((head) => head.length),
      0,
    )
    lines.forEach(({ text }, index) => {
      print(`${(heads[index] ?? '').padEnd(width)}  ${text}`.trimEnd())
    })
    if (await history.isLocal(id)) notify(versionsOfThisMachine(label))
    return 0
  })
}

/** What `--json` prints of a line. */
function summarizeBlame(
  { text, version: { version, at, by, origin, blockId, label }, arrival, isOldest }: BlameLine,
  index: number,
) {
  const line = { line: index + 1, text, version, at, by, origin, isOldest }
  // The version is one of another block.
  return withIsoTime(blockId === arrival.blockId ? line : { ...line, label })
}

/** Times for programs: in UTC, ISO 8601. */
function withIsoTime<Timed extends { readonly at: number; readonly since?: number }>(one: Timed) {
  const iso = (at: number): string => new Date(at).toISOString()
  return { ...one, at: iso(one.at), ...(one.since === undefined ? {} : { since: iso(one.since) }) }
}

const DEFAULT_LIMIT = 20

/** `letta memory log LABEL` */
export function listVersions(
  cli: CliEnvironment,
  invocation: SubcommandInvocation,
): Promise<number> {
  const { flags, operands } = invocation
  const limit = parsePositiveInteger('limit', flags.value('limit')) ?? DEFAULT_LIMIT
  return withMemory(cli, invocation, async (memory) => {
    const { history, print, printJson, notify } = memory
    const { id, label } = await blockOf(memory, operands[0] ?? '')
    const rows = await listVersionRows(history, id, { limit, before: null })
    if (flags.has('json')) return printJson(rows.map(withIsoTime))
    const width = largest(
      rows.map(({ version }) => `${version}`.length),
      0,
    )
    rows.forEach((row, index) => {
      const properties = propertyChanges(rows[index + 1], row)
      print([rowLine(row, width), ...properties].join('  '))
    })
    const last = rows.at(-1)
    if (last !== undefined && last.version > 0 && rows.length === limit) {
      notify(olderVersions(label, limit))
    }
    if (await history.isLocal(id)) notify(versionsOfThisMachine(label))
    return 0
  })
}

function rowLine(row: VersionRow, width: number): string {
  const { version, at, by, origin, added, removed, since } = row
  const line = versionLine({
    version: `v${version}`.padEnd(width + 1),
    time: formatLocalTime(at),
    author: authorName(by, origin),
    added,
    removed,
    isDeletion: row.isDeletion,
  })
  return since === undefined
    ? line
    : `${line}  ${versionGap(formatLocalTime(since), formatLocalTime(at))}`
}

interface PrintedChange {
  readonly label: string
  readonly before: string
  readonly after: string
  readonly from: number | null
  readonly to: number | null
}

/** `letta memory diff [LABEL[@VERSION]] [--since TIME | --session]`: up to the present, or up to that version. */
export function showDiff(cli: CliEnvironment, invocation: SubcommandInvocation): Promise<number> {
  const {
    flags,
    operands: [reference],
  } = invocation
  return withMemory(cli, invocation, async (memory) => {
    const { print, printJson, notify } = memory
    const { label, version } = parseReference(memory, reference ?? '')
    const since = await sinceOf(cli, invocation, memory, version)
    const blocks =
      reference === undefined ? await allBlocks(memory) : [await blockOf(memory, label)]
    const changes: PrintedChange[] = []
    for (const block of blocks) {
      const change = await changeOf(memory.history, block, since, version)
      if (change.before !== change.after) changes.push(change)
    }
    if (flags.has('json')) {
      return printJson(
        changes.map((change) => ({ ...change, ...countLines(change.before, change.after) })),
      )
    }
    for (const { label: name, before, after } of changes) {
      print(formatUnifiedDiff(name, before, after))
    }
    if (changes.length === 0) notify(noChanges(reference ?? null))
    return 0
  })
}

async function sinceOf(
  cli: CliEnvironment,
  { flags, options, operands: [label] }: SubcommandInvocation,
  { agentId }: AgentMemory,
  version: number | null,
): Promise<Since | null> {
  const session = flags.value('session')
  if (session !== null) throw new UsageError(takesNoValue('--session', session))
  if (flags.has('session')) {
    const directory = workingDirectory(cli, options.directory)
    const start = await readSessionStart(cli.lettaDirectory, directory)
    if (start === null || start.agentId !== agentId) throw new UserError(NO_SESSION_HERE)
    return { type: 'time', at: start.at }
  }
  const text = flags.value('since')
  // Without a time: since the last session here began, if there was one with this agent.
  if (text === null) {
    // What a version has changed, unless the person names what to compare it with.
    if (version !== null) return null
    const start = await readSessionStart(
      cli.lettaDirectory,
      workingDirectory(cli, options.directory),
    )
    return start?.agentId === agentId ? { type: 'time', at: start.at } : null
  }
  const since = parseSince(text, Date.now())
  if (since === null) throw new UsageError(invalidSince(text))
  if (since.type === 'version' && label === undefined) {
    throw new UsageError(SINCE_VERSION_NEEDS_LABEL)
  }
  return since
}

/** `since`: null for the last change. `version`: the one to compare; null for the present. */
async function changeOf(
  history: MemoryHistory,
  block: NamedBlock,
  since: Since | null,
  version: number | null,
): Promise<PrintedChange> {
  const { id, label } = block
  const to = version === null ? null : await history.version(block, version)
  const before = version === null ? null : version + 1
  const [newest, previous] = await history.versions(id, { limit: 2, before })
  const from =
    since === null
      ? previous
      : since.type === 'version'
        ? await history.version(block, since.version)
        : await blockVersionAt(history, id, since.at)
  return {
    label,
    before: textOf(from),
    after: to === null ? block.value : textOf(to),
    from: from?.version ?? null,
    to: newest?.version ?? null,
  }
}

function textOf(version: BlockVersion | null | undefined): string {
  return version === null || version === undefined || version.isDeletion ? '' : version.value
}

/** `letta memory restore LABEL@VERSION` */
export function restoreVersion(
  cli: CliEnvironment,
  invocation: SubcommandInvocation,
): Promise<number> {
  const { flags, operands } = invocation
  return withMemory(cli, invocation, async (memory) => {
    const { history, print, printJson, notify } = memory
    const { label, version } = parseReference(memory, operands[0] ?? '')
    const block = await blockOf(memory, label)
    if (version === null) throw new UsageError(versionRequired(label))
    const found = await history.version(block, version)
    const current = memory.blocks.find(({ id }) => id === block.id)
    if (current?.readOnly === true) throw new UserError(blockReadOnly(label))
    const { limit, description } = found
    const properties =
      current === undefined ? [] : propertyChanges(current, { ...current, limit, description })
    if (current?.value === found.value && properties.length === 0) {
      if (flags.has('json')) return printJson(current)
      notify(sameAsVersion(label, version))
      return 0
    }
    if (!flags.has('json')) {
      for (const property of properties) print(property)
      print(formatUnifiedDiff(label, block.value, found.value))
    }
    if (!(await confirm(cli, confirmRestore(label, version), flags.has('yes')))) {
      notify(NOTHING_RESTORED)
      return 1
    }
    const restored = await history.restore(found)
    if (flags.has('json')) return printJson(restored)
    notify(restoredVersion(label, version))
    return 0
  })
}

interface NamedBlock extends Pick<MemoryBlock, 'id' | 'label'> {
  /** The current value; empty for a deleted block. */
  readonly value: string
}

/** The block of the agent, or else the one that was deleted last. */
async function blockOf(memory: AgentMemory, label: string): Promise<NamedBlock> {
  const block = memory.blocks.find((one) => one.label === label)
  if (block !== undefined) return block
  const deleted = await memory.history.deleted(memory.agentId)
  const found = deleted.find((one) => one.label === label)
  return found === undefined ? blockOfAgent(memory.blocks, label) : deletedBlock(found)
}

function deletedBlock({ blockId, label }: BlockVersion): NamedBlock {
  return { id: blockId, label, value: '' }
}

async function allBlocks(memory: AgentMemory): Promise<readonly NamedBlock[]> {
  const deleted = await memory.history.deleted(memory.agentId)
  const others = deleted.filter(({ blockId }) => !memory.blocks.some(({ id }) => id === blockId))
  return [...memory.blocks, ...others.map(deletedBlock)]
}

/** `human@3`; a label may contain an @ itself. Throws a `UsageError` when something else follows the @ of a block. */
function parseReference(
  { blocks }: AgentMemory,
  text: string,
): { readonly label: string; readonly version: number | null } {
  const hasLabel = (label: string): boolean => blocks.some((block) => block.label === label)
  if (hasLabel(text)) return { label: text, version: null }
  const [, label = text, number = ''] = /^(.+)@(.*)$/.exec(text) ?? []
  const [, version] = /^v?(\d{1,9})$/.exec(number) ?? []
  if (version !== undefined) return { label, version: Number(version) }
  if (hasLabel(label)) throw new UsageError(invalidVersion(label, number))
  return { label: text, version: null }
}
