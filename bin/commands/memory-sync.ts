import path from 'node:path'
import type { SubcommandInvocation } from '../../lib/cli/parse.ts'
import { type CommitResult, commitFiles } from '../../lib/memory/commit-files.ts'
import { isOneLine } from '../../lib/memory/import-plan.ts'
import { type BlockFile, readExisting } from '../../lib/memory/markdown-files.ts'
import {
  detectLayout,
  type LayoutName,
  openMemoryDirectory,
} from '../../lib/memory/memory-directory.ts'
import { LABEL_NOT_ONE_LINE } from '../../lib/memory/messages.ts'
import { openSyncBase } from '../../lib/memory/sync-base.ts'
import { planSync, type SyncStep } from '../../lib/memory/sync-plan.ts'
import { authorName } from '../../lib/session/messages/memory.ts'
import { toTerminalRow } from '../../lib/util/sanitize.ts'
import { formatUnifiedDiff } from '../../lib/util/unified-diff.ts'
import { UserError } from '../../lib/util/user-error.ts'
import { type CliEnvironment, typedPath } from '../io/cli-environment.ts'
import { confirm } from '../io/prompt.ts'
import {
  committed,
  confirmImport,
  importRejected,
  NOTHING_IMPORTED,
  NOTHING_TO_SYNC,
  newBlock,
  notCommitted,
  SYNC_COMMIT,
  syncConflict,
  syncGone,
  syncWrote,
} from '../messages.ts'
import { type AgentMemory, saveBlock, withMemory } from './memory.ts'
import { chosenLayout, createFromFile } from './memory-files.ts'

/** `letta memory sync DIR`: both ways, compared with what both were the last time. */
export function syncMemory(
  cli: CliEnvironment,
  { operands: [operand = ''], flags, ...invocation }: SubcommandInvocation,
): Promise<number> {
  return withMemory(cli, { operands: [operand], flags, ...invocation }, async (memory) => {
    const { agentId, blocks, print, printJson, notify, refusesSecrets } = memory
    const directory = typedPath(cli, operand)
    const stored = openSyncBase(cli.lettaDirectory, directory, agentId)
    const base = await stored.read()
    const layout = chosenLayout(flags) ?? (await layoutOf(directory, Object.keys(base)))
    const memoryDirectory = openMemoryDirectory(directory, layout, blocks)
    const files = await memoryDirectory.read()
    const steps = await planSync(blocks, files, base, refusesSecrets)
    rejectLabels(steps, files)
    if (!flags.has('json')) for (const step of steps) printStep(step, memory)
    const incoming = steps.filter(({ type }) => ['toBlock', 'merged', 'create'].includes(type))
    if (
      incoming.length > 0 &&
      !(await confirm(cli, confirmImport(incoming.length), flags.has('yes')))
    ) {
      notify(NOTHING_IMPORTED)
      return 1
    }
    const next: Record<string, string> = { ...base }
    for (const step of steps) {
      await applyStep(step, memory)
      if (step.type === 'toFile' || step.type === 'merged') {
        const file = await memoryDirectory.write(step.block, step.value)
        if (!flags.has('json')) print(syncWrote(path.relative(directory, file)))
      }
      if ('value' in step) next[step.label] = step.value
    }
    const changed = steps.filter(({ type }) => !['same', 'gone', 'conflict'].includes(type))
    // What an earlier commit could not contain is committed now.
    const described = changed.length > 0 ? changed : steps.filter(({ type }) => type === 'same')
    const commit: CommitResult =
      described.length === 0
        ? { type: 'none' }
        : await commitFiles(
            directory,
            memoryDirectory.committed,
            await commitMessage(described, memory),
          )
    const mayBeUndone = commit.type === 'failed' && commit.during !== undefined
    if (!mayBeUndone) await stored.write(next)
    const conflicts = steps.filter(({ type }) => type === 'conflict')
    if (flags.has('json')) {
      printJson({ steps: steps.map(({ type, label }) => ({ type, label })), commit })
    } else {
      if (commit.type === 'committed') notify(committed(commit.text))
      if (commit.type === 'failed') notify(notCommitted(commit.reason))
      if (changed.length + conflicts.length === 0 && commit.type === 'none') notify(NOTHING_TO_SYNC)
    }
    return conflicts.length > 0 || commit.type === 'failed' ? 1 : 0
  })
}

/** New blocks only: those of the agent are what they are. */
function rejectLabels(steps: readonly SyncStep[], files: readonly BlockFile[]): void {
  const labels = steps.flatMap((step) => (step.type === 'create' ? [step.label] : []))
  const rejected = files.filter(({ label }) => labels.includes(label) && !isOneLine(label))
  if (rejected.length === 0) return
  const reasons = rejected.map((file) => `${toTerminalRow(file.path)}: ${LABEL_NOT_ONE_LINE}`)
  throw new UserError(importRejected(reasons))
}

/** A flat export stays one; every other directory gets the layout of Letta Code. */
async function layoutOf(directory: string, labels: readonly string[]): Promise<LayoutName> {
  if (labels.length === 0 || (await detectLayout(directory)) === 'memfs') return 'memfs'
  const files = await readExisting(directory)
  return files.some(({ label }) => labels.includes(label)) ? 'markdown' : 'memfs'
}

function printStep(step: SyncStep, { print, notify }: AgentMemory): void {
  if (step.type === 'toBlock' || step.type === 'merged') {
    print(formatUnifiedDiff(step.label, step.block.value, step.value))
  }
  if (step.type === 'create') print(formatUnifiedDiff(newBlock(step.label), '', step.value))
  if (step.type === 'conflict') notify(syncConflict(step.label, step.reason))
  if (step.type === 'gone') notify(syncGone(step.label))
}

async function applyStep(step: SyncStep, memory: AgentMemory): Promise<void> {
  if (step.type === 'toBlock' || step.type === 'merged') {
    await saveBlock(memory, step.block, step.value, 'import')
  }
  if (step.type === 'create') await createFromFile(step.file, memory)
}

/** Names the newest author of each block, and the call when the agent is the author. */
async function commitMessage(
  steps: readonly SyncStep[],
  { blocks, history }: AgentMemory,
): Promise<string> {
  const lines = await Promise.all(
    steps.map(async ({ label }) => {
      const id = blocks.find((block) => block.label === label)?.id
      const [newest] =
        id === undefined ? [] : await history.versions(id, { limit: 1, before: null })
      if (newest === undefined) return label
      const { by, origin, version, runId } = newest
      const turn = runId === undefined ? '' : `, ${runId}`
      const call = origin.callId === undefined ? '' : `, call ${origin.callId}`
      return `${label}: v${version}, ${authorName(by, origin)}${call}${turn}`
    }),
  )
  const labels = steps.map(({ label }) => label).join(', ')
  return `${SYNC_COMMIT(labels)}\n\n${lines.join('\n')}\n`
}
