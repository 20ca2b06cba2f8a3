import path from 'node:path'
import { type BackendChoice, chooseBackend } from '../client/backend.ts'
import { type Backend, connect } from '../client/connect.ts'
import { linkTools, UnknownAgent, unlinkTools } from '../client/gateway/agents.ts'
import type { ContextWindow } from '../client/gateway/context.ts'
import { type AgentRecord, type Compaction, createGateway } from '../client/gateway/gateway.ts'
import type { HistoryPage } from '../client/gateway/history-pagination.ts'
import type { PermissionMode, PermissionRule } from '../permissions/types.ts'
import { type Watch, watchSkills } from '../skills/watch.ts'
import type { Store } from '../store.ts'
import type { Journal, JournalEntry, UndoSelection } from '../tools/files/journal.ts'
import type { ShellSummary } from '../tools/process/shell-manager.ts'
import { UserError } from '../util/user-error.ts'
import { type Account, type Credentials, type SignedIn, signIn, signOut } from './accounts.ts'
import { allow, allowAlways } from './approvals.ts'
import { type BaseServices, createServices, loadRules } from './create-services.ts'
import {
  editMemory,
  findSkills,
  refreshSkills,
  skillsDirectory,
  updateSkillsBlock,
} from './edit-memory.ts'
import type { SessionEvent } from './events.ts'
import { withNamedCalls } from './label-calls.ts'
import {
  type AgentChoice,
  reachAgent,
  toolDrafts,
  UnknownModel,
  wantedModel,
} from './open-agent.ts'
import type { Services, SessionOptions } from './services.ts'
import type { Agent, AgentListing, MemoryBlock, SessionState } from './state.ts'
import { createTurns } from './turn-queue.ts'

export interface ModelChoice {
  readonly handle: string
  readonly title: string
  /** Tokens; null when the server does not say. */
  readonly contextWindow: number | null
}

/**
 * One agent at work in one folder, for the workbench and for headless alike. All that happens is told by events on `store`;
 * the promises only say when a request is through, and reject with a `Problem`.
 */
export interface Session {
  readonly store: Store<SessionState, SessionEvent>
  /** Resolves when the agent is open; rejects with the `Problem` that stopped it. */
  readonly opened: Promise<void>
  /** Starts a turn, or queues the message while one runs or the agent is not open yet. */
  send(text: string): void
  /** Takes a queued message back. */
  unqueue(id: string): void
  /** Ends the running turn, here at once and on the server. */
  cancel(): void
  allow(callId: string): void
  /** Saves the rule, then decides this call and every waiting call that the rule covers. */
  allowAlways(
    callId: string,
    rule: string,
    scope: 'session' | 'local' | 'project' | 'user',
  ): Promise<void>
  deny(callId: string, reason: string): void
  setMode(mode: PermissionMode): void
  /** Saves the user's edit of a memory block; refuses when the block is no longer what it was (`before`). */
  editMemory(label: string, value: string, before: string): Promise<MemoryBlock>
  refreshSkills(): Promise<void>
  rename(name: string): Promise<void>
  listModels(): Promise<readonly ModelChoice[]>
  setModel(handle: string): Promise<void>
  /** The one used last first. */
  listAgents(): Promise<readonly AgentListing[]>
  /** Rests the present agent and opens another (or a new one) in this folder. */
  openAgent(choice: { readonly id: string } | 'new' | 'sharing'): Promise<void>
  /** Shows messages of the server that are older than those shown. */
  loadEarlier(): Promise<void>
  /** Forgets the conversation on the server and here; memory stays. */
  clear(): Promise<void>
  /** Puts a summary in the place of older messages, on the server. */
  compact(): Promise<Compaction>
  /** What fills the context window. */
  contextWindow(): Promise<ContextWindow>
  /** Takes back a rule that was given for this session. */
  removeRule(list: 'allow' | 'deny' | 'ask', rule: PermissionRule): void
  linkTools(): Promise<void>
  unlinkTools(): Promise<void>
  /** The user's answer to "do you trust this folder?". */
  trust(): Promise<void>
  distrust(): Promise<void>
  /** Changes that tools made to files, newest first; what shell commands changed is not among them. */
  checkpoints(): Promise<readonly JournalEntry[]>
  /** Takes changes back, all or none; gives the files. Rejects with the reasons when a file has changed since. */
  undo(selection: UndoSelection): Promise<readonly string[]>
  /** Background shells. */
  jobs(): readonly ShellSummary[]
  /** The end of a job's output; null when there is no such job. */
  jobOutput(id: string): string | null
  killJob(id: string): Promise<boolean>
  /**
   * Tests and keeps a key or an address. `isUsed`: at once; else by the embedded server when that is in use, or (a server)
   * from the next start on.
   */
  signIn(account: Account, given: Credentials): Promise<SignedIn & { readonly isUsed: boolean }>
  /** Forgets what was kept; says what, and what stays. */
  signOut(): Promise<readonly string[]>
  /** Keeps a choice in the user's settings. */
  saveSetting(
    key: 'theme' | 'keymap' | 'tokenStreaming' | 'model',
    value: string | boolean,
  ): Promise<void>
  /** A line of ours in the conversation. */
  notify(level: 'info' | 'warning' | 'error', text: string, hint?: string): void
  /** Cancels what runs, denies what waits, stops processes, closes files. */
  close(): Promise<void>
}

/** Stored messages shown when an agent is opened. */
const HISTORY_SHOWN = 60

/** Returns at once; the agent is reached in the background, told by events. */
export function openSession(
  options: SessionOptions,
  store: Store<SessionState, SessionEvent>,
): Session {
  let { environment } = options
  const { record } = options
  if (record) store.subscribe((_, event) => record(event))
  let base = createServices(options, store)
  let parts: Services | null = null
  let watch: Watch | null = null
  let earlier: HistoryPage['earlier'] = null
  const turns = createTurns(() => (store.state.agent === null ? null : parts), base)
  const opened = reach(options.agent).catch((thrown: unknown) => {
    store.dispatch({ type: 'opening.failed' })
    if (thrown instanceof UnknownModel) base = { ...base, options: { ...options, model: null } }
    throw thrown
  })
  opened.then(watchForSkills).catch(() => undefined)

  async function reach(choice: AgentChoice): Promise<void> {
    const found = findSkills(base)
    const connected = parts ?? (await connectParts(base, environment))
    const agent = await reachAgent(connected, choice).catch(async (thrown: unknown) => {
      // A person is asked for another agent of the same server.
      if (thrown instanceof UnknownAgent) parts = connected
      if (parts === null) await connected.gateway.close()
      throw thrown
    })
    await enter(connected, agent)
    parts = connected
    await found
    await updateSkillsBlock(connected)
    turns.settlePending(agent.pending)
    turns.sendQueued()
  }

  async function watchForSkills(): Promise<void> {
    if (!options.watch) return
    const follow = (): void => {
      if (parts !== null) refreshSkills(parts).catch(tell)
    }
    watch = await watchSkills(skillsDirectory(options), follow)
    // What changed before the watch stood was told by nobody.
    follow()
  }

  const tell = (thrown: unknown): void => {
    if (!(thrown instanceof UserError)) throw thrown
    base.notify('warning', thrown.message, thrown.hint)
  }
  const ready = (): Services => {
    if (parts !== null && store.state.agent !== null) return parts
    throw new UserError('No agent is open yet.', { hint: 'Wait for it, or open one: /new' })
  }
  const agentId = (): string => store.state.agent?.id ?? ''
  const changeAgent = (change: Partial<Agent>): void => {
    const { agent } = store.state
    if (agent !== null) store.dispatch({ type: 'agent.changed', agent: { ...agent, ...change } })
  }

  return {
    store,
    opened,
    notify: base.notify,
    send: turns.send,
    cancel: turns.cancel,
    unqueue: (id) => store.dispatch({ type: 'message.unqueued', id }),
    allow: (callId) => allow(base, callId, 'You allowed it once.'),
    allowAlways: (callId, rule, scope) => allowAlways(ready(), callId, rule, scope),
    deny: (callId, reason) =>
      store.dispatch({ type: 'approval.decided', callId, allow: false, by: 'person', reason }),
    setMode: (mode) => store.dispatch({ type: 'mode.changed', mode }),
    editMemory: (label, value, before) => editMemory(ready(), label, value, before),
    refreshSkills: () => refreshSkills(ready()),
    async rename(name) {
      await ready().gateway.renameAgent(agentId(), name)
      changeAgent({ name })
    },
    listModels: async () => (parts ?? (await connectParts(base, environment))).gateway.models(),
    async setModel(handle) {
      const model = await wantedModel(ready(), handle)
      await ready().gateway.setModel(agentId(), model)
      changeAgent({ model: model.handle, contextWindow: model.contextWindow })
    },
    async listAgents() {
      if (parts === null && store.state.start !== 'failed') {
        throw new UserError('The server has not been reached yet.')
      }
      parts ??= await connectParts(base, environment)
      return parts.gateway.listAgents()
    },
    async openAgent(choice) {
      turns.cancel()
      await turns.rest()
      await reach(choice)
      if (watch === null) await watchForSkills()
    },
    async loadEarlier() {
      const load = earlier
      const id = agentId()
      // One page at a time.
      earlier = null
      const page = await load?.().catch((thrown: unknown) => {
        if (id === agentId()) earlier = load
        throw thrown
      })
      if (page === undefined || id !== agentId()) return
      earlier = page.earlier
      const entries = withNamedCalls(page.entries, ready().runner)
      store.dispatch({ type: 'history.extended', entries, earlier: earlier !== null })
    },
    async clear() {
      await ready().gateway.reset(agentId())
      earlier = null
      store.dispatch({ type: 'history.cleared' })
    },
    async compact() {
      const { gateway } = ready()
      const made = await gateway.compact(agentId())
      if (made !== null) return made
      throw new UserError(
        `${gateway.url ?? 'The embedded server'} cannot compact a conversation.`,
        {
          hint: '/clear empties it; memory stays.',
        },
      )
    },
    contextWindow: () => ready().gateway.context(agentId()),
    removeRule(list, rule) {
      if (rule.source === 'session') store.dispatch({ type: 'rule.removed', list, rule })
    },
    linkTools: () => changeTools(ready(), 'link', changeAgent),
    unlinkTools: () => changeTools(ready(), 'unlink', changeAgent),
    async signIn(account, given) {
      if (options.demo) throw new UserError('The demo keeps nothing: start letta without --demo.')
      options.hide?.(given.key.trim())
      const signedIn = await signIn(base.settings, account, given, environment)
      // What is under way still looks for a model without the key.
      await opened.catch(() => undefined)
      environment = signedIn.environment
      const isVendor = signedIn.models !== null
      if (parts === null && isVendor && base.options.backend.kind === 'embedded')
        await reach('last')
      if (!isVendor)
        return { ...signedIn, isUsed: await switchAgent(chooseBackend(null, environment)) }
      await parts?.useVendors?.(environment)
      return { ...signedIn, isUsed: parts?.useVendors !== undefined }
    },
    signOut() {
      // What comes from the settings is no longer there.
      const stored = base.settings.user.env
      const set = Object.entries(options.environment).filter(
        ([name, value]) => value !== stored[name],
      )
      return signOut(base.settings, Object.fromEntries(set))
    },
    saveSetting: (key, value) =>
      base.settings.update('user', (settings) => ({ ...settings, [key]: value })),
    checkpoints: async () => (await base.runner.journal.list()).toReversed(),
    undo: (selection) => undo(base.runner.journal, selection),
    jobs: () => base.runner.shells.list(),
    jobOutput: (id) => base.runner.shells.tail(id),
    killJob: (id) => base.runner.shells.kill(id),
    async trust() {
      await base.settings.trust()
      loadRules(base)
    },
    async distrust() {
      await base.settings.distrust()
      loadRules(base)
    },
    async close() {
      turns.cancel()
      await turns.rest()
      await watch?.close()
      await base.runner.close()
      await parts?.gateway.close()
    },
  }

  /** Goes on with this folder's agent on another server; false, and all is as it was, when that cannot be. */
  async function switchAgent(backend: BackendChoice): Promise<boolean> {
    turns.cancel()
    await turns.rest()
    const reached = (): Services | null => parts
    const [left, before, { server }] = [parts, base, store.state]
    base = { ...base, options: { ...base.options, backend } }
    parts = null
    try {
      await reach('last')
      await left?.gateway.close()
      return true
    } catch (thrown) {
      const unused = reached()
      base = before
      parts = left
      if (server !== null) store.dispatch({ type: 'server.reached', ...server })
      await unused?.gateway.close()
      tell(thrown)
      return false
    }
  }

  async function enter(at: Services, agent: AgentRecord): Promise<void> {
    const {
      toolIds: _ids,
      approvalRules: _rules,
      blocks,
      pending: _pending,
      inContext: _messages,
      ...facts
    } = agent
    const history = await at.gateway.history(agent, HISTORY_SHOWN)
    const entries = withNamedCalls(history.entries, at.runner)
    earlier = history.earlier
    store.dispatch({ type: 'agent.opened', agent: facts })
    store.dispatch({ type: 'memory.loaded', blocks })
    if (entries.length > 0) {
      store.dispatch({ type: 'history.loaded', entries, earlier: earlier !== null })
    } else if (store.state.settled.some((entry) => entry.kind !== 'notice')) {
      store.dispatch({ type: 'history.cleared' })
    }
  }
}

async function connectParts(
  base: BaseServices,
  environment: SessionOptions['environment'],
): Promise<Services> {
  const { options, store } = base
  const tell = (notice: string): void => base.notify('warning', notice)
  const connection = await connect(backendOf({ ...options, environment }), tell)
  const { kind, url, useVendors } = connection
  store.dispatch({ type: 'server.reached', kind, url })
  return { ...base, gateway: createGateway(connection), useVendors }
}

/** The embedded server's database lies in the user's own folder. */
export function backendOf({ backend, home, environment, demo }: SessionOptions): Backend {
  if (backend.kind !== 'embedded') return backend
  return { ...backend, database: path.join(home, '.letta', 'letta.db'), environment, demo }
}

async function changeTools(
  parts: Services,
  change: 'link' | 'unlink',
  changeAgent: (change: Partial<Agent>) => void,
): Promise<void> {
  const { gateway, runner, store } = parts
  const agent = await gateway.agent(store.state.agent?.id ?? '')
  if (agent === null) throw new UserError('The server does not know this agent any more.')
  const ours = runner.tools.map((tool) => tool.name)
  const names =
    change === 'link'
      ? await linkTools(gateway, agent, toolDrafts(parts))
      : await unlinkTools(gateway, agent, ours)
  const tools =
    change === 'link'
      ? [...agent.tools, ...names]
      : agent.tools.filter((name) => !names.includes(name))
  changeAgent({ tools })
  const done = change === 'link' ? 'Attached' : 'Took away'
  const already = change === 'link' ? 'attached already' : 'not attached anyway'
  const nothing = `The local tools are ${already}.`
  parts.notify('info', names.length === 0 ? nothing : `${done}: ${names.join(', ')}.`)
}

async function undo(journal: Journal, selection: UndoSelection): Promise<readonly string[]> {
  const result = await journal.undo(selection)
  if (result.ok) return result.paths
  throw new UserError(`Nothing was taken back: ${result.reasons.join('; ')}`)
}
