import { serverName } from '../client/backend.ts'
import {
  type BlockReport,
  ensureBlocks,
  linkTools,
  openKnownAgent,
  registerTools,
  unlinkTools,
} from '../client/gateway/agents.ts'
import type { AgentDetails, ModelRecord, ToolDraft } from '../client/gateway/gateway.ts'
import { defaultModel, resolveModel } from '../models/aliases.ts'
import { modelSetupHints } from '../models/setup-hints.ts'
import { blockDrafts, systemPrompt } from '../prompts/index.ts'
import type { SavedIds } from '../settings/remembered-ids.ts'
import { jsonSchema } from '../tools/schema.ts'
import type { Tool } from '../tools/tool.ts'
import { UserError } from '../util/user-error.ts'
import { restoreMissingBlocks } from './restore-blocks.ts'
import { AGENT_NAME, type Services } from './services.ts'

/** `sharing`: a new one with the memory blocks that the settings name, whatever agent they name. */
export type AgentChoice = { readonly id: string } | 'new' | 'sharing' | 'last'

/** The agent that the options and the settings name, opened or made, with its tools as asked. */
export async function reachAgent(parts: Services, choice: AgentChoice): Promise<AgentDetails> {
  // What the command line asks of an agent is not meant for those that are opened after it.
  const isFirst = parts.store.state.agent === null
  const known = await knownAgent(parts, choice)
  if (known !== null) return openAgent(parts, known, isFirst)
  return parts.settings.inTurn(async () => {
    // Of several that start at once in a new folder, the first makes the agent of all.
    const meanwhile = await knownAgent(parts, choice)
    if (meanwhile !== null) return openAgent(parts, meanwhile, isFirst)
    const made = await makeAgent(parts, choice === 'new')
    return isFirst ? withToolsAsked(parts, made) : made
  })
}

async function openAgent(
  parts: Services,
  known: AgentDetails,
  isFirst: boolean,
): Promise<AgentDetails> {
  const whole = await restoreMissingBlocks(parts, remembered(parts), known)
  const wanted = isFirst ? await asWanted(parts, whole) : whole
  const agent = isFirst ? await withToolsAsked(parts, wanted) : wanted
  await remembered(parts).rememberAgent(agent.id)
  tellWhatWasOpened(parts, known, whole)
  return agent
}

/** Null when one is to be made. */
async function knownAgent(
  { gateway, ...parts }: Services,
  choice: AgentChoice,
): Promise<AgentDetails | null> {
  if (choice === 'new' || choice === 'sharing') return null
  if (choice !== 'last') return openKnownAgent(gateway, choice.id, 'given')
  const last = remembered(parts).lastAgent
  return last === null ? null : openKnownAgent(gateway, last, 'stored')
}

/** What the settings hold for the server we speak to. */
function remembered({ settings, options }: Pick<Services, 'settings' | 'options'>): SavedIds {
  return settings.on(serverName(options.backend))
}

/** `--model` counts for a resumed agent too, and says so; `--name` does not, and says so. */
async function asWanted(parts: Services, agent: AgentDetails): Promise<AgentDetails> {
  const { name } = parts.options
  if (name !== null && name !== agent.name) {
    const hint = '/rename changes it; --new makes an agent with that name.'
    parts.notify('warning', `--name is for a new agent: this one is called ${agent.name}.`, hint)
  }
  if (parts.options.model === null) return agent
  const model = await wantedModel(parts, parts.options.model)
  if (model.handle === agent.model) return agent
  await parts.gateway.setModel(agent.id, model)
  parts.notify('info', `The agent's model is ${model.handle} now; it was ${agent.model}.`)
  return { ...agent, model: model.handle, contextWindow: model.contextWindow }
}

export async function wantedModel(parts: Services, name: string | null): Promise<ModelRecord> {
  const models = await parts.gateway.models()
  const handles = models.map((model) => model.handle)
  const resolved = name === null ? defaultModel(handles) : resolveModel(name, handles)
  if (resolved === null) throw noModel()
  if (typeof resolved !== 'string') throw unknownModel(name ?? '', resolved.near, handles)
  const listed = models.find((model) => model.handle === resolved)
  return listed ?? { handle: resolved, title: resolved, contextWindow: null }
}

/** What `--model` names is not there: an agent that is asked for later is opened without it. */
export class UnknownModel extends UserError {
  override readonly name = 'UnknownModel'
}

function unknownModel(name: string, near: readonly string[], all: readonly string[]): UserError {
  const some = all.slice(0, 5).join(', ')
  const hint =
    near.length > 0
      ? `Near: ${near.join(', ')}`
      : `Available: ${some}${all.length > 5 ? ` and ${all.length - 5} more` : ''}`
  return new UnknownModel(`No model is called "${name}" here.`, { hint })
}

function noModel(): UserError {
  const ways = modelSetupHints.map(({ title, how }, index) => `${index + 1}. ${title}: ${how}`)
  return new UserError('There is no model to talk to yet.', {
    hint: [...ways, 'Or look round first: letta --demo, on a scratch copy.'].join('\n'),
  })
}

/** `fresh`: new memory blocks too, whose ids then replace the stored ones. */
async function makeAgent(parts: Services, fresh: boolean): Promise<AgentDetails> {
  const { gateway, options } = parts
  const settings = remembered(parts)
  const model = await modelOfNewAgent(parts)
  const drafts = toolDrafts(parts)
  const [blocks] = await Promise.all([
    ensureBlocks(gateway, blockDrafts(), settings.blockIds, fresh),
    registerTools(gateway, drafts),
  ])
  const agent = await gateway.createAgent({
    name: options.name ?? AGENT_NAME,
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
  tellWhatWasMade(parts, agent, blocks)
  return agent
}

/** `--model`, else the user's usual one if the server has it, else the best there is. */
async function modelOfNewAgent(parts: Services): Promise<ModelRecord> {
  const usual = parts.settings.user.model
  if (parts.options.model !== null || usual === null) return wantedModel(parts, parts.options.model)
  return wantedModel(parts, usual).catch((thrown: unknown) => {
    if (!(thrown instanceof UserError)) throw thrown
    parts.notify('warning', `Your usual model ${usual} is not here.`, '/model chooses another.')
    return wantedModel(parts, null)
  })
}

function tellWhatWasMade(
  parts: Services,
  agent: AgentDetails,
  blocks: readonly BlockReport[],
): void {
  const memory = blocks.map(({ label, origin }) => ({ label, origin }))
  parts.store.dispatch({ type: 'agent.reached', start: { agent: 'created', memory } })
  parts.notify('info', `Made agent ${agent.name}.`)
  const remade = memory
    .flatMap(({ label, origin }) => (origin === 'recreated' ? [label] : []))
    .join(', ')
  if (remade === '') return
  parts.notify('warning', `The server has lost the memory blocks ${remade}: they were made anew.`)
}

function tellWhatWasOpened(
  { store }: Services,
  known: AgentDetails,
  { blocks }: AgentDetails,
): void {
  const ids = known.blocks.map(({ id }) => id)
  const memory = blocks.map(({ id, label }) => {
    return { label, origin: ids.includes(id) ? ('reused' as const) : ('recreated' as const) }
  })
  store.dispatch({ type: 'agent.reached', start: { agent: 'opened', memory } })
}

async function withToolsAsked(parts: Services, agent: AgentDetails): Promise<AgentDetails> {
  const { gateway, options, runner } = parts
  if (options.tools === null && options.link === null) return agent
  const ours = runner.tools.map((tool) => tool.name)
  const drafts = options.link === 'unlink' ? [] : toolDrafts(parts)
  const kept = drafts.map((draft) => draft.name)
  const surplus = ours.filter((name) => !kept.includes(name))
  const isChoice = options.tools !== null || options.link === 'unlink'
  const removed = isChoice ? await unlinkTools(gateway, agent, surplus) : []
  const added = await linkTools(gateway, agent, drafts)
  tellTools(parts, added, removed)
  const isChanged = removed.length + added.length > 0
  return isChanged ? ((await gateway.agent(agent.id)) ?? agent) : agent
}

function tellTools(
  { notify, options }: Services,
  added: readonly string[],
  removed: readonly string[],
): void {
  if (added.length > 0) notify('info', `Attached: ${added.join(', ')}.`)
  if (removed.length > 0) notify('info', `Took away: ${removed.join(', ')}.`, LINK_AGAIN)
  if (added.length + removed.length > 0 || options.link === null) return
  const already = options.link === 'link' ? 'attached already' : 'not attached anyway'
  notify('info', `The local tools are ${already}.`)
}

const LINK_AGAIN = 'The agent stays without them until they are attached again: --link, or /link.'

/** The local tools chosen on the command line, as the server wants them. */
export function toolDrafts(parts: Services): readonly ToolDraft[] {
  const { tools } = parts.options
  const chosen = parts.runner.tools.filter((tool) => tools === null || tools.includes(tool.name))
  return chosen.map(draftOf)
}

function draftOf(tool: Tool): ToolDraft {
  return { name: tool.name, description: tool.description, parameters: jsonSchema(tool) }
}
