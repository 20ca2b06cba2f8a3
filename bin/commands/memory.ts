import { type ImportStep, planImport } from '../../lib/memory/import-plan.ts'
import { readBlocks, writeBlocks } from '../../lib/memory/markdown-files.ts'
import { blockNotFound, blockReadOnly } from '../../lib/memory/messages.ts'
import { updateBlock } from '../../lib/memory/update-block.ts'
import type { MemoryBlock } from '../../lib/session/state.ts'
import { suggestionHint } from '../../lib/util/did-you-mean.ts'
import { formatUnifiedDiff } from '../../lib/util/unified-diff.ts'
import { UserError } from '../../lib/util/user-error.ts'
import { absolutePath, type Surroundings } from '../io/cli-environment.ts'
import { confirmed } from '../io/confirm.ts'
import type { Printer } from '../io/stderr.ts'
import { pipedText } from '../io/stdin.ts'
import { atServer, type ConnectedServer, resolveAgent, type SubcommandCall } from './with-agent.ts'

/** `letta memory list|show|edit|export|import`; gives the exit code. */
export function runMemory(around: Surroundings, call: SubcommandCall): Promise<number> {
  const [operand = ''] = call.operands
  return atServer(around, call, async (at) => {
    const { id, blocks } = await resolveAgent(at, call)
    switch (call.name) {
      case 'memory list':
        return list(at, blocks, call)
      case 'memory show':
        return show(at, blockNamed(blocks, operand), call)
      case 'memory edit':
        return edit(at, blockNamed(blocks, operand), call)
      case 'memory export':
        return exportTo(at, absolutePath(around, operand), blocks, call)
      default:
        return importFrom(absolutePath(around, operand), { ...at, id, blocks }, call)
    }
  })
}

function blockNamed(blocks: readonly MemoryBlock[], label: string): MemoryBlock {
  const found = blocks.find((block) => block.label === label)
  if (found !== undefined) return found
  const labels = blocks.map((block) => block.label)
  throw new UserError(blockNotFound(label), {
    hint: suggestionHint(label, labels),
  })
}

function list(
  { print, printJson }: Printer,
  blocks: readonly MemoryBlock[],
  { json }: SubcommandCall,
): number {
  if (json) return printJson(blocks)
  const width = Math.max(...blocks.map(({ label }) => label.length))
  for (const { label, value, limit, readOnly, description } of blocks) {
    const size = `${value.length}/${limit}${readOnly ? ' read-only' : ''}`
    const what = (description ?? '').split('\n')[0] ?? ''
    print(`${label.padEnd(width)}  ${size.padEnd(14)}  ${what}`.trimEnd())
  }
  return 0
}

function show({ print, printJson }: Printer, block: MemoryBlock, { json }: SubcommandCall): number {
  return json ? printJson(block) : print(block.value)
}

/** In the user's editor; piped text is the new value. */
async function edit(
  { around, gateway, printJson, tell }: ConnectedServer,
  block: MemoryBlock,
  { json }: SubcommandCall,
): Promise<number> {
  const value = await newValue(around, block, tell)
  const saved = value === block.value ? block : await updateBlock(gateway, block, value)
  if (json) return printJson(saved)
  tell(value === block.value ? `${block.label} is as it was.` : `Saved ${block.label}.`)
  return 0
}

async function newValue(
  { environment, stdin }: Surroundings,
  block: MemoryBlock,
  tell: Printer['tell'],
): Promise<string> {
  if (!stdin.isTTY) {
    const piped = await pipedText(stdin, false, tell)
    if (piped !== null && piped !== '') return piped
    throw new UserError('Nothing was piped in, and there is no terminal for an editor.')
  }
  if (block.readOnly) throw new UserError(blockReadOnly(block.label))
  const { editInEditor } = await import('../../lib/tools/process/text-editor.ts')
  const text = await editInEditor(`${block.value}\n`, `${block.label}.md`, environment)
  return text.replace(/\n$/, '')
}

async function exportTo(
  { print, printJson }: Printer,
  directory: string,
  blocks: readonly MemoryBlock[],
  { json }: SubcommandCall,
): Promise<number> {
  const files = await writeBlocks(directory, blocks)
  if (json) return printJson(files)
  for (const { path, changed } of files) print(`${changed ? 'written  ' : 'unchanged'}  ${path}`)
  return 0
}

interface Target extends ConnectedServer {
  readonly id: string
  readonly blocks: readonly MemoryBlock[]
}

/** Shows what would change, asks, then writes; when one file is refused nothing is written. */
async function importFrom(path: string, target: Target, call: SubcommandCall): Promise<number> {
  const steps = planImport(await readBlocks(path), target.blocks)
  const changes = steps.filter(({ type }) => type === 'update' || type === 'create')
  if (!call.json) for (const step of steps) showStep(step, target.print)
  const refused = steps.filter((step) => step.type === 'refused')
  if (refused.length > 0) {
    const because = refused.map((step) => `${step.path}: ${step.reason}`)
    throw new UserError(`Nothing was imported.\n  ${because.join('\n  ')}`)
  }
  if (changes.length > 0) {
    const question = `Write ${changes.length === 1 ? 'this change' : `these ${changes.length} changes`} to the agent's memory?`
    if (!(await confirmed(target.around, question, call.given))) {
      target.tell('Nothing was imported.')
      return 1
    }
    for (const step of changes) await take(step, target)
  }
  if (call.json) return target.printJson(steps.map(summary))
  target.tell(
    changes.length === 0 ? 'Nothing to change.' : `Imported ${changes.length} of ${steps.length}.`,
  )
  return 0
}

function showStep(step: ImportStep, print: Printer['print']): void {
  if (step.type === 'update')
    print(formatUnifiedDiff(step.block.label, step.block.value, step.value))
  if (step.type === 'create')
    print(formatUnifiedDiff(`${step.file.label} (new)`, '', step.file.value))
}

/** The keys are those of the documented JSON output. */
function summary(step: ImportStep): object {
  switch (step.type) {
    case 'update':
      return { label: step.block.label, is: 'changed' }
    case 'create':
      return { label: step.file.label, is: 'made' }
    case 'unchanged':
      return { label: step.label, is: 'unchanged' }
    case 'refused':
      return { path: step.path, is: 'refused', because: step.reason }
  }
}

async function take(step: ImportStep, { gateway, id }: Target): Promise<void> {
  if (step.type === 'update') await updateBlock(gateway, step.block, step.value)
  if (step.type !== 'create') return
  const { label, value, description, limit } = step.file
  const block = await gateway.createBlock({
    label,
    value,
    description: description ?? '',
    ...(limit === null ? {} : { limit }),
  })
  await gateway.attachBlock(id, block.id)
}
