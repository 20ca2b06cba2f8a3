import path from 'node:path'
import type { SubcommandInvocation } from '../../lib/cli/parse.ts'
import { openDrafts } from '../../lib/memory/drafts.ts'
import { examineMemory } from '../../lib/memory/examine.ts'
import { findSources } from '../../lib/memory/find-sources.ts'
import { type MemoryHistory, openHistory } from '../../lib/memory/history.ts'
import { type LocalVersions, openLocalVersions } from '../../lib/memory/local-versions.ts'
import { cleanMerge } from '../../lib/memory/merge.ts'
import {
  blockNotFound,
  blockReadOnly,
  findingText,
  NOTHING_FOUND,
} from '../../lib/memory/messages.ts'
import { nameOtherAgents } from '../../lib/memory/other-agents.ts'
import { openOutsideLines } from '../../lib/memory/outside-lines.ts'
import { BlockConflict, updateBlock } from '../../lib/memory/update-block.ts'
import { placeholderTexts } from '../../lib/prompts/index.ts'
import type { ChangeAuthor, MemoryBlock } from '../../lib/session/state/memory.ts'
import { countCodePoints, estimateTokens } from '../../lib/util/code-points.ts'
import { suggestionHint } from '../../lib/util/did-you-mean.ts'
import { toTerminalRow } from '../../lib/util/sanitize.ts'
import { UserError } from '../../lib/util/user-error.ts'
import { type CliEnvironment, workingDirectory } from '../io/cli-environment.ts'
import type { CliPrinter } from '../io/printer.ts'
import { readPipedText } from '../io/stdin.ts'
import {
  blockSaved,
  blockSizes,
  blockUnchanged,
  draftStored,
  EMPTY_BLOCK_TEXT_HINT,
  emptyBlockText,
  fixFor,
  NO_BLOCK_TEXT,
} from '../messages.ts'
import { agentOfInvocation, type ConnectedServer, withServer } from './with-agent.ts'

export interface AgentMemory extends ConnectedServer {
  readonly agentId: string
  readonly blocks: readonly MemoryBlock[]
  readonly history: MemoryHistory
  /** The versions that this machine has seen, for a server that stores none. */
  readonly localVersions: LocalVersions
}

export function withMemory(
  cli: CliEnvironment,
  invocation: SubcommandInvocation,
  work: (memory: AgentMemory) => number | Promise<number>,
): Promise<number> {
  return withServer(cli, invocation, async (server) => {
    const { id, blocks } = await agentOfInvocation(server, invocation)
    const localVersions = openLocalVersions(
      path.join(cli.lettaDirectory, 'history'),
      server.serverName,
      Date.now,
    )
    const stored = openHistory(server.gateway, localVersions)
    const history = nameOtherAgents(stored, () => id, server.gateway.blocks)
    return work({ ...server, agentId: id, blocks, history, localVersions })
  })
}

/** `letta memory list` */
export function printBlocks(
  cli: CliEnvironment,
  invocation: SubcommandInvocation,
): Promise<number> {
  return withMemory(cli, invocation, ({ blocks, print, printJson }) => {
    if (invocation.flags.has('json')) return printJson(blocks)
    const width = Math.max(...blocks.map(({ label }) => label.length))
    for (const { label, value, limit, readOnly, description } of blocks) {
      const size = `${countCodePoints(value)}/${limit}${readOnly ? ' read-only' : ''}`
      const [summary = ''] = (description ?? '').split('\n')
      print(toTerminalRow(`${label.padEnd(width)}  ${size.padEnd(14)}  ${summary}`).trimEnd())
    }
    return 0
  })
}

/** `letta memory doctor` */
export function examineBlocks(
  cli: CliEnvironment,
  invocation: SubcommandInvocation,
): Promise<number> {
  return withMemory(cli, invocation, async ({ blocks, serverName, print, printJson, notify }) => {
    const directory = workingDirectory(cli, invocation.options.directory)
    const stored = openOutsideLines(path.join(cli.lettaDirectory, 'history'), serverName)
    const outside = await stored.read()
    const findings = await examineMemory({
      blocks,
      directory,
      outside,
      placeholders: placeholderTexts(),
      now: Date.now(),
    })
    const sizes = blocks.map(({ label, value, limit }) => {
      return { label, characters: countCodePoints(value), limit, tokens: estimateTokens(value) }
    })
    if (invocation.flags.has('json')) return printJson({ sizes, findings })
    const width = Math.max(0, ...blocks.map(({ label }) => label.length))
    for (const { label, characters, limit, tokens } of sizes) {
      print(toTerminalRow(`${label.padEnd(width)}  ${blockSizes(characters, limit, tokens)}`))
    }
    for (const finding of findings) {
      const { label, line } = finding
      const place = line === null ? label : `${label}:${line}`
      print(toTerminalRow(`${place}  ${findingText(finding)}`))
      print(toTerminalRow(`  ${fixFor(finding)}`))
    }
    if (findings.length === 0) notify(NOTHING_FOUND)
    return 0
  })
}

/** `letta memory edit LABEL`: in the editor of the user; piped text replaces the value. */
export function editBlockInEditor(
  cli: CliEnvironment,
  invocation: SubcommandInvocation,
): Promise<number> {
  return withMemory(cli, invocation, async (memory) => {
    const { blocks, printJson, notify } = memory
    const block = blockOfAgent(blocks, invocation.operands[0] ?? '')
    const value = await readNewValue(cli, block, { notify, mayEmpty: invocation.flags.has('yes') })
    const isUnchanged = value === block.value
    const saved = isUnchanged ? block : await saveEdit(cli, memory, block, value)
    if (invocation.flags.has('json')) return printJson(saved)
    notify(isUnchanged ? blockUnchanged(block.label) : blockSaved(block.label))
    return 0
  })
}

export function blockOfAgent(blocks: readonly MemoryBlock[], label: string): MemoryBlock {
  const block = blocks.find((one) => one.label === label)
  if (block !== undefined) return block
  const labels = blocks.map((one) => one.label)
  throw new UserError(blockNotFound(label), { hint: suggestionHint(label, labels) })
}

async function readNewValue(
  { env, stdin }: CliEnvironment,
  block: MemoryBlock,
  { notify, mayEmpty }: Pick<CliPrinter, 'notify'> & { readonly mayEmpty: boolean },
): Promise<string> {
  if (!stdin.isTTY) {
    const piped = await readPipedText(stdin, false, notify)
    if (piped === null) throw new UserError(NO_BLOCK_TEXT)
    // The command in front of the pipe may have failed.
    const isLost = piped === '' && block.value !== '' && !mayEmpty
    if (isLost) throw new UserError(emptyBlockText(block.label), { hint: EMPTY_BLOCK_TEXT_HINT })
    return piped
  }
  if (block.readOnly) throw new UserError(blockReadOnly(block.label))
  const { editInEditor } = await import('../../lib/tools/process/text-editor.ts')
  const text = await editInEditor(`${block.value}\n`, `${block.label}.md`, env)
  return text.replace(/\n$/, '')
}

/**
 * Saves what was written, merged with what others have changed meanwhile. What cannot be saved stays as a draft, which the
 * workbench continues.
 */
async function saveEdit(
  cli: CliEnvironment,
  memory: AgentMemory,
  block: MemoryBlock,
  value: string,
): Promise<MemoryBlock> {
  try {
    return await saveBlock(memory, block, value, 'user').catch((thrown: unknown) => {
      if (!(thrown instanceof BlockConflict)) throw thrown
      const merged = cleanMerge(block.value, value, thrown.current.value)
      if (merged === null) throw thrown
      return saveBlock(memory, thrown.current, merged, 'user')
    })
  } catch (thrown) {
    if (!(thrown instanceof UserError)) throw thrown
    const drafts = openDrafts(path.join(cli.lettaDirectory, 'drafts'), memory.serverName)
    const { label } = block
    const { agentId } = memory
    await drafts.write(block.id, { before: block.value, text: value, label, agentId })
    throw new UserError(thrown.message, { hint: draftStored(drafts.path(block.id)), cause: thrown })
  }
}

/** The value before is stored as well as the new one. */
export async function saveBlock(
  { gateway, history, localVersions, blocks }: AgentMemory,
  block: MemoryBlock,
  value: string,
  by: ChangeAuthor,
): Promise<MemoryBlock> {
  const isLocal = await history.isLocal(block.id)
  if (isLocal) await localVersions.observe(block, null)
  const others = blocks.map((one) => ({ block: one, change: null }))
  const sources = by === 'user' ? findSources(others, block.id, block.value, value) : []
  const saved = await updateBlock(gateway.blocks, block, value, by, { sources })
  if (isLocal) await localVersions.observe(saved, { by, origin: { sources } })
  return saved
}
