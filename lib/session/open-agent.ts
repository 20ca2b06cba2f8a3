import { serverName } from '../client/backend.ts'
import type { AgentDetails } from '../client/gateway/agents.ts'
import { type BlockReport, ensureBlocks } from '../client/gateway/ensure-blocks.ts'
import { openKnownAgent } from '../client/gateway/known-agent.ts'
import { linkTools, registerTools, unlinkTools } from '../client/gateway/link-tools.ts'
import type { ModelRecord } from '../client/gateway/models.ts'
import type { ToolDraft } from '../client/gateway/tools.ts'
import { listCustomProviders } from '../client/providers.ts'
import { defaultModel, resolveModel } from '../models/aliases.ts'
import { modelSetupHints, WIDEN_WINDOW, windowTooSmall } from '../models/messages.ts'
import { isSmallWindow } from '../models/model-facts.ts'
import { listPrice } from '../models/price.ts'
import { blockDrafts, systemPrompt } from '../prompts/index.ts'
import type { SavedIds } from '../settings/remembered-ids.ts'
import { environmentOf } from '../settings/settings.ts'
import { draftOf } from '../tools/schema.ts'
import type { ReasoningEffort } from '../util/effort.ts'
import { createUserError, UserError } from '../util/user-error.ts'
import { requireAgentOfDirectory } from './agent-of-directory.ts'
import {
  ALREADY_ATTACHED,
  ALREADY_DETACHED,
  agentCreated,
  agentReplaced,
  blocksRecreated,
  DEMO_HINT,
  defaultModelUnavailable,
  effortNotTaken,
  modelChanged,
  modelNotFound,
  NO_MODEL,
  nameIgnored,
  priceUnknown,
  REATTACH_HINT,
  toolsAttached,
  toolsDetached,
} from './messages/agents.ts'
import { NoModel } from './no-model.ts'
import { restoreMissingBlocks } from './restore-blocks.ts'
import { defaultAgentName, type Services } from './services.ts'

/**
 * `last`: the agent of the settings, otherwise a new one. `new`: with new memory blocks. `sharing`: new, with the memory blocks
 * of the settings.
 */
export type AgentChoice = { readonly id: string } | 'new' | 'sharing' | 'last'

/** The agent that the options and the settings name, opened or created, with the tools of the options. */
export async function reachAgent(parts: Services, choice: AgentChoice): Promise<AgentDetails> {
  // The options of the command line apply to the first agent only.
  const isFirst = parts.store.state.agent === null
  const known = await knownAgent(parts, choice)
  if (known !== null) return openAgent(parts, known, isFirst)
  return parts.settings.withLock(async () => {
    // Of several processes that start at once in a new directory, one creates the agent for all.
    const meanwhile = await knownAgent(parts, choice)
    if (meanwhile !== null) return openAgent(parts, meanwhile, isFirst)
    const made = await createAgent(parts, choice === 'new')
    return isFirst ? attachChosenTools(parts, made) : made
  })
}

async function openAgent(
  parts: Services,
  known: AgentDetails,
  isFirst: boolean,
): Promise<AgentDetails> {
  const complete = await restoreMissingBlocks(parts, remembered(parts), known)
  const wanted = isFirst ? await applyOptions(parts, complete) : complete
  const agent = isFirst ? await attachChosenTools(parts, wanted) : wanted
  await remembered(parts).rememberAgent(agent.id)
  reportOpened(parts, known, complete)
  return agent
}

/** Null when one has to be created. */
async function knownAgent(
  { gateway, options, ...parts }: Services,
  choice: AgentChoice,
): Promise<AgentDetails | null> {
  if (choice === 'new' || choice === 'sharing') return null
  if (choice !== 'last') return openKnownAgent(gateway, choice.id, 'given')
  const savedIds = remembered({ ...parts, options })
  const last = savedIds.lastAgent
  if (last === null) return null
  const agent = await openKnownAgent(gateway, last, 'stored')
  // In the workbench a person sees which agent it is before anything is sent to it.
  if (!options.watch) await requireAgentOfDirectory({ gateway, savedIds, ...options }, agent)
  return agent
}

/** The ids saved for the server in use. */
function remembered({ settings, options }: Pick<Services, 'settings' | 'options'>): SavedIds {
  return settings.on(serverName(options.backend))
}

/** `--model` also applies to a resumed agent; `--name` does not. Both are reported. */
async function applyOptions(parts: Services, agent: AgentDetails): Promise<AgentDetails> {
  const { name } = parts.options
  if (name !== null && name !== agent.name) {
    const { message, hint } = nameIgnored(agent.name)
    parts.notify('warning', message, hint)
  }
  const chosen = await applyModel(parts, agent)
  const usual = chosen.model === agent.model ? null : savedEffort(parts.settings, chosen.model)
  return applyEffort(parts, chosen, usual)
}

/** What the user has saved for a model; null leaves it to the provider. */
export function savedEffort(
  { user: { modelEfforts } }: Services['settings'],
  handle: string,
): ReasoningEffort | null {
  return Object.hasOwn(modelEfforts, handle) ? (modelEfforts[handle] ?? null) : null
}

/** `--effort` also applies to a resumed agent. `usual`: without it. */
async function applyEffort(
  { gateway, options }: Services,
  agent: AgentDetails,
  usual: ReasoningEffort | null = null,
): Promise<AgentDetails> {
  const effort = options.effort ?? usual
  if (effort === null || agent.effort === effort) return agent
  const reported = await gateway.agents.setEffort(agent.id, effort)
  if (reported !== effort) throw createUserError(effortNotTaken(effort))
  return { ...agent, effort }
}

async function applyModel(parts: Services, agent: AgentDetails): Promise<AgentDetails> {
  if (parts.options.model === null) return agent
  const model = await wantedModel(parts, parts.options.model)
  if (model.handle === agent.model) return agent
  // Nothing is sent with it, so the agent keeps its model.
  if (parts.options.maxCost != null && listPrice(model.handle) === null) {
    throw createUserError(priceUnknown(model.handle))
  }
  await parts.gateway.agents.setModel(agent.id, model)
  parts.notify('info', modelChanged(agent.model, model.handle))
  return { ...agent, model: model.handle, contextWindow: model.contextWindow }
}

export async function wantedModel(parts: Services, name: string | null): Promise<ModelRecord> {
  const models = await parts.gateway.models.list()
  const handles = models.map((model) => model.handle)
  const resolved = name === null ? defaultModel(handles) : await resolveWanted(parts, name, handles)
  if (resolved === null) throw noModel()
  if (typeof resolved !== 'string') throw unknownModel(name ?? '', resolved.near, handles)
  const listed = models.find((model) => model.handle === resolved)
  return listed ?? { handle: resolved, title: resolved, contextWindow: null }
}

/** A name that resembles no listed model is taken as it is written, when a provider takes any. */
async function resolveWanted(
  { options, settings }: Services,
  name: string,
  handles: readonly string[],
): Promise<ReturnType<typeof resolveModel>> {
  const resolved = resolveModel(name, handles)
  if (typeof resolved === 'string' || options.backend.type !== 'embedded') return resolved
  if (resolved.near.length > 0) return resolved
  const environment = environmentOf(settings, options.environment)
  return resolveModel(name, handles, { anyModelOf: await listCustomProviders(environment) })
}

/** The model of `--model` does not exist; agents that are opened later ignore the option. */
export class UnknownModel extends UserError {
  override readonly name = 'UnknownModel'
}

function unknownModel(name: string, near: readonly string[], all: readonly string[]): UserError {
  const { message, hint } = modelNotFound(name, near, all)
  return new UnknownModel(message, { hint })
}

function noModel(): UserError {
  const ways = modelSetupHints.map(({ title, how }, index) => `${index + 1}. ${title}: ${how}`)
  return new NoModel(NO_MODEL, { hint: [...ways, DEMO_HINT].join('\n') })
}

/** `fresh`: with new memory blocks, whose ids replace the saved ones. */
async function createAgent(parts: Services, fresh: boolean): Promise<AgentDetails> {
  const { gateway, options } = parts
  const settings = remembered(parts)
  const model = await modelOfNewAgent(parts)
  reportSmallWindow(parts, model)
  const drafts = toolDrafts(parts)
  // In the workbench the user has asked for another one.
  const isByFlag = parts.store.state.agent === null && options.agent === 'new'
  const replacedId = settings.lastAgent
  const others = replacedId === null ? [] : await gateway.agents.list()
  const [blocks] = await Promise.all([
    ensureBlocks(gateway.blocks, blockDrafts(), settings.blockIds, fresh),
    registerTools(gateway, drafts),
  ])
  const agent = await gateway.agents.create({
    name: options.name ?? unusedName(defaultAgentName(options.directory), others),
    model: model.handle,
    contextWindow: model.contextWindow,
    system: systemPrompt(),
    blockIds: blocks.map((report) => report.block.id),
    toolNames: drafts.map((tool) => tool.name),
  })
  await settings.rememberAgent(agent.id)
  await settings.rememberBlocks(
    Object.fromEntries(blocks.map(({ label, block }) => [label, block.id])),
  )
  reportCreated(parts, agent, blocks)
  const replaced = others.find(({ id }) => id === replacedId)
  if (isByFlag && replaced !== undefined) {
    const { message, hint } = agentReplaced(replaced.name, replaced.id)
    parts.notify('info', message, hint)
  }
  return applyEffort(parts, agent, savedEffort(parts.settings, agent.model))
}

function reportSmallWindow(parts: Services, { handle, contextWindow }: ModelRecord): void {
  if (isSmallWindow(contextWindow))
    parts.notify('warning', windowTooSmall(handle, contextWindow), WIDEN_WINDOW)
}

/** `site`, or `site 2` when an agent has this name. */
function unusedName(name: string, others: readonly { readonly name: string }[]): string {
  const taken = new Set(others.map((other) => other.name))
  let unused = name
  for (let number = 2; taken.has(unused); number++) unused = `${name} ${number}`
  return unused
}

/** `--model`, otherwise the user's default if the server has it, otherwise the recommended one. */
async function modelOfNewAgent(parts: Services): Promise<ModelRecord> {
  const usual = parts.settings.user.model
  if (parts.options.model !== null || usual === null) return wantedModel(parts, parts.options.model)
  return wantedModel(parts, usual).catch((thrown: unknown) => {
    if (!(thrown instanceof UserError)) throw thrown
    const { message, hint } = defaultModelUnavailable(usual)
    parts.notify('warning', message, hint)
    return wantedModel(parts, null)
  })
}

function reportCreated(parts: Services, agent: AgentDetails, blocks: readonly BlockReport[]): void {
  const memory = blocks.map(({ label, origin }) => ({ label, origin }))
  parts.store.dispatch({ type: 'agent.reached', start: { agent: 'created', memory } })
  parts.notify('info', agentCreated(agent.name))
  const recreated = memory.flatMap(({ label, origin }) => (origin === 'recreated' ? [label] : []))
  if (recreated.length > 0) parts.notify('warning', blocksRecreated(recreated))
}

function reportOpened({ store }: Services, known: AgentDetails, { blocks }: AgentDetails): void {
  const ids = known.blocks.map(({ id }) => id)
  const memory = blocks.map(({ id, label }) => {
    return { label, origin: ids.includes(id) ? ('reused' as const) : ('recreated' as const) }
  })
  store.dispatch({ type: 'agent.reached', start: { agent: 'opened', memory } })
}

async function attachChosenTools(parts: Services, agent: AgentDetails): Promise<AgentDetails> {
  const { gateway, options, runner } = parts
  if (options.tools === null && options.link === null) return agent
  const local = runner.tools.map((tool) => tool.name)
  const drafts = options.link === 'unlink' ? [] : toolDrafts(parts)
  const kept = drafts.map((draft) => draft.name)
  const surplus = local.filter((name) => !kept.includes(name))
  const isChoice = options.tools !== null || options.link === 'unlink'
  const removed = isChoice ? await unlinkTools(gateway, agent, surplus) : []
  const added = await linkTools(gateway, agent, drafts)
  reportTools(parts, added, removed)
  const isChanged = removed.length + added.length > 0
  return isChanged ? ((await gateway.agents.retrieve(agent.id)) ?? agent) : agent
}

function reportTools(
  { notify, options }: Services,
  added: readonly string[],
  removed: readonly string[],
): void {
  if (added.length > 0) notify('info', toolsAttached(added))
  if (removed.length > 0) notify('info', toolsDetached(removed), REATTACH_HINT)
  if (added.length + removed.length > 0 || options.link === null) return
  notify('info', options.link === 'link' ? ALREADY_ATTACHED : ALREADY_DETACHED)
}

/** The local tools of the options, as the server requires them. */
export function toolDrafts(parts: Services): readonly ToolDraft[] {
  const { tools } = parts.options
  const chosen = parts.runner.tools.filter((tool) => tools === null || tools.includes(tool.name))
  return chosen.map(draftOf)
}
