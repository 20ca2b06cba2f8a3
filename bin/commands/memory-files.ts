import { stat } from 'node:fs/promises'
import path from 'node:path'
import type { SubcommandInvocation } from '../../lib/cli/parse.ts'
import type { ParsedFlags } from '../../lib/cli/parsed-flags.ts'
import { type ImportStep, planImport } from '../../lib/memory/import-plan.ts'
import { type BlockFile, readBlocks } from '../../lib/memory/markdown-files.ts'
import { countOutside, readMemfs } from '../../lib/memory/memfs.ts'
import {
  detectLayout,
  LAYOUTS,
  type LayoutName,
  openMemoryDirectory,
} from '../../lib/memory/memory-directory.ts'
import { openSyncBase } from '../../lib/memory/sync-base.ts'
import type { SyncedFile } from '../../lib/memory/sync-plan.ts'
import { toTerminalRow } from '../../lib/util/sanitize.ts'
import { formatUnifiedDiff } from '../../lib/util/unified-diff.ts'
import { UserError } from '../../lib/util/user-error.ts'
import { type CliEnvironment, typedPath } from '../io/cli-environment.ts'
import { confirm } from '../io/prompt.ts'
import {
  confirmImport,
  importConflict,
  imported,
  importNewer,
  importRejected,
  NOTHING_IMPORTED,
  NOTHING_TO_IMPORT,
  newBlock,
  notInPrompt,
  propertiesNotImported,
  writtenOrUnchanged,
} from '../messages.ts'
import { type AgentMemory, saveBlock, withMemory } from './memory.ts'

/** `letta memory export DIR`: in the layout of --layout, or else in that of the directory. */
export function exportMemory(
  cli: CliEnvironment,
  invocation: SubcommandInvocation,
): Promise<number> {
  const { operands, flags } = invocation
  return withMemory(cli, invocation, async ({ agentId, blocks, print, printJson }) => {
    const directory = typedPath(cli, operands[0] ?? '')
    const stored = openSyncBase(cli.lettaDirectory, directory, agentId)
    const base = await stored.read()
    const layout = chosenLayout(flags) ?? (await detectLayout(directory))
    const files = await openMemoryDirectory(directory, layout, blocks).writeAll(base)
    await stored.write({
      ...base,
      ...Object.fromEntries(blocks.map((one) => [one.label, one.value])),
    })
    if (flags.has('json')) return printJson(files)
    for (const file of files) print(writtenOrUnchanged(file.path, file.changed))
    return 0
  })
}

/**
 * `letta memory import DIR`: shows the changes and asks before writing. When one file is rejected nothing is written. What both
 * have changed in the same lines is left as it is, with exit code 1.
 */
export function importMemory(
  cli: CliEnvironment,
  invocation: SubcommandInvocation,
): Promise<number> {
  const { operands, flags } = invocation
  return withMemory(cli, invocation, async (memory) => {
    const { agentId, blocks, printJson, notify, refusesSecrets } = memory
    const place = typedPath(cli, operands[0] ?? '')
    const isFile = (await stat(place).catch(() => null))?.isFile() === true
    const directory = isFile ? path.dirname(place) : place
    const stored = openSyncBase(cli.lettaDirectory, directory, agentId)
    const base = await stored.read()
    const files = await readFiles(place, memory)
    const steps = await planImport(files, blocks, base, refusesSecrets)
    if (!flags.has('json')) for (const step of steps) printStep(step, memory)
    for (const file of files) reportProperties(file, memory)
    rejectImport(steps)
    const changes = steps.filter(({ type }) => type === 'update' || type === 'create')
    if (changes.length > 0) {
      if (!(await confirm(cli, confirmImport(changes.length), flags.has('yes')))) {
        notify(NOTHING_IMPORTED)
        return 1
      }
      for (const step of changes) await applyStep(step, memory)
    }
    await stored.write({ ...base, ...commonValues(steps, memory) })
    if (flags.has('json')) printJson(steps.map(summarizeStep))
    const isConflict = steps.some(({ type }) => type === 'conflict')
    if (changes.length > 0) notify(imported(changes.length, steps.length))
    else if (!isConflict) notify(NOTHING_TO_IMPORT)
    return isConflict ? 1 : 0
  })
}

/** The layout is recognized by the directory `system`. */
async function readFiles(
  place: string,
  { blocks, notify }: Pick<AgentMemory, 'blocks' | 'notify'>,
): Promise<readonly BlockFile[]> {
  if ((await detectLayout(place)) === 'markdown') return readBlocks(place)
  const labels = blocks.map(({ label }) => label)
  const outside = await countOutside(place, labels)
  if (outside > 0) notify(notInPrompt(outside))
  return readMemfs(place, labels)
}

/** What file and block have in common now: the text of the file, which the block contains after a merge too. */
function commonValues(
  steps: readonly ImportStep[],
  { blocks }: Pick<AgentMemory, 'blocks'>,
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    steps.flatMap((step): [string, string][] => {
      if (step.type === 'update' || step.type === 'create') {
        return [[step.file.label, step.file.value]]
      }
      const block = blocks.find(({ label }) => 'label' in step && label === step.label)
      return step.type === 'unchanged' && block !== undefined ? [[step.label, block.value]] : []
    }),
  )
}

/** The layout of `--layout`. */
export function chosenLayout(flags: ParsedFlags): LayoutName | null {
  return LAYOUTS.find((layout) => layout === flags.value('layout')) ?? null
}

function printStep(step: ImportStep, { print, notify }: AgentMemory): void {
  if (step.type === 'update')
    print(formatUnifiedDiff(step.block.label, step.block.value, step.value))
  if (step.type === 'create')
    print(formatUnifiedDiff(newBlock(step.file.label), '', step.file.value))
  if (step.type === 'newer') notify(importNewer(step.label))
  if (step.type === 'conflict') notify(importConflict(step.label, step.path))
}

/** Only the text of an existing block is imported. */
function reportProperties(file: BlockFile, { blocks, notify }: AgentMemory): void {
  const block = blocks.find(({ label }) => label === file.label)
  if (block === undefined) return
  const isLimit = file.limit !== null && file.limit !== block.limit
  const isDescription = file.description !== null && file.description !== (block.description ?? '')
  const names = [...(isLimit ? ['limit'] : []), ...(isDescription ? ['description'] : [])]
  if (names.length > 0) notify(propertiesNotImported(file.label, names))
}

function rejectImport(steps: readonly ImportStep[]): void {
  const reasons = steps.flatMap((step) =>
    step.type === 'refused' ? [`${toTerminalRow(step.path)}: ${step.reason}`] : [],
  )
  if (reasons.length > 0) throw new UserError(importRejected(reasons))
}

/** What `--json` prints of a step. */
function summarizeStep(step: ImportStep): object {
  switch (step.type) {
    case 'update':
      return { label: step.block.label, is: 'changed' }
    case 'create':
      return { label: step.file.label, is: 'made' }
    case 'unchanged':
    case 'newer':
    case 'conflict':
      return { label: step.label, is: step.type }
    case 'refused':
      return { path: step.path, is: 'refused', because: step.reason }
  }
}

async function applyStep(step: ImportStep, memory: AgentMemory): Promise<void> {
  if (step.type === 'update') await saveBlock(memory, step.block, step.value, 'import')
  if (step.type === 'create') await createFromFile(step.file, memory)
}

export async function createFromFile(
  { label, value, description, limit }: SyncedFile,
  { gateway, agentId, history, localVersions }: AgentMemory,
): Promise<void> {
  const block = await gateway.blocks.create({
    label,
    value,
    description: description ?? '',
    by: 'import',
    ...(limit === null ? {} : { limit }),
  })
  await gateway.blocks.attach(agentId, block.id)
  if (await history.isLocal(block.id)) await localVersions.observe(block, { by: 'import' })
}
