import type { BackendChoice } from '../client/backend.ts'
import { UnknownAgent } from '../client/gateway/agents.ts'
import type { AgentDetails } from '../client/gateway/gateway.ts'
import { ignoreErrno } from '../fs/errno.ts'
import { writeSessionStart } from '../memory/session-start.ts'
import { type Watch, watchSkills } from '../skills/watch.ts'
import { UserError } from '../util/user-error.ts'
import { managedBlocks } from './managed-blocks.ts'
import { type AgentChoice, reachAgent, UnknownModel } from './open-agent.ts'
import type { OpenConversations } from './ports/conversations.ts'
import type { VersionRecorder } from './record-versions.ts'
import type { Services } from './services.ts'
import { connectedServices, type SessionContext } from './session-context.ts'
import { findSkills, refreshSkills, skillsDirectory, updateSkillsBlock } from './skills-block.ts'
import { isHeldElsewhere } from './turn-lease.ts'
import type { TurnQueue } from './turn-queue.ts'

/** Connects and opens agents, first the one that the options name. */
export interface Opener {
  /** Resolves when the first agent is open; rejects with the `UserError` that stopped it. */
  readonly opened: Promise<void>
  /** Opens an agent on the current server, after the running turn has been cancelled. */
  open(choice: AgentChoice): Promise<void>
  /** Continues with this project's agent on another server; false, with nothing changed, when that fails. */
  switchServer(backend: BackendChoice): Promise<boolean>
  close(): Promise<void>
}

/** Starts opening the agent of the options at once. */
export function createOpener(
  context: SessionContext,
  turns: TurnQueue,
  conversations: OpenConversations,
  recorder: VersionRecorder,
): Opener {
  const { store } = context
  const { options } = context.base
  let watch: Watch | null = null

  const opened = reach(options.agent).catch((thrown: unknown) => {
    store.dispatch({ type: 'opening.failed' })
    if (thrown instanceof UnknownModel) {
      context.base = { ...context.base, options: { ...options, model: null } }
    }
    throw thrown
  })
  opened.then(watchForSkills).catch(() => undefined)

  async function reach(choice: AgentChoice): Promise<void> {
    const found = findSkills(context.base)
    const connected = await connectedServices(context)
    const agent = await reachAgent(connected, choice).catch(async (thrown: unknown) => {
      // The user is asked for another agent on the same server.
      if (thrown instanceof UnknownAgent) context.services = connected
      if (context.services === null) await connected.gateway.close()
      throw thrown
    })
    await enter(connected, agent)
    context.services = connected
    recorder.opened(connected)
    await found
    await connected.outbox.clear(connected.now())
    await updateSkillsBlock(connected)
    await recordStart(connected, agent.id)
    if (agent.pending.length > 0 || (await isHeldElsewhere(connected, agent.id))) {
      turns.settlePending()
    }
    turns.sendQueued()
  }

  async function enter(services: Services, agent: AgentDetails): Promise<void> {
    const showHistory = await conversations.load(services, agent)
    const { id, name, model, contextWindow, tools, blocks } = agent
    store.dispatch({ type: 'agent.opened', agent: { id, name, model, contextWindow, tools } })
    const managed = managedBlocks(services, agent)
    store.dispatch({ type: 'memory.loaded', blocks, managed })
    showHistory()
  }

  /** For a comparison of memory with what it was when the session began. The disk may be read-only. */
  async function recordStart({ now }: Services, agentId: string): Promise<void> {
    const { home, directory } = options
    await writeSessionStart(home, directory, { agentId, at: now() }).catch(ignoreErrno())
  }

  async function watchForSkills(): Promise<void> {
    if (!options.watch) return
    const follow = (): void => {
      if (context.services !== null) refreshSkills(context.services).catch(warn)
    }
    watch = await watchSkills(skillsDirectory(options), follow)
    // Changes from before the watch was ready are not reported.
    follow()
  }

  async function cancelTurn(): Promise<void> {
    turns.cancel()
    await turns.idle()
  }

  function warn(thrown: unknown): void {
    if (!(thrown instanceof UserError)) throw thrown
    context.base.notify('warning', thrown.message, thrown.hint)
  }

  return {
    opened,
    async open(choice) {
      await cancelTurn()
      await reach(choice)
      if (watch === null) await watchForSkills()
    },
    async switchServer(backend) {
      await cancelTurn()
      const reached = (): Services | null => context.services
      const { base, services } = context
      const { server } = store.state
      context.base = { ...base, options: { ...base.options, backend } }
      context.services = null
      try {
        await reach('last')
        await services?.gateway.close()
        return true
      } catch (thrown) {
        const unused = reached()
        context.base = base
        context.services = services
        if (server !== null) store.dispatch({ type: 'server.reached', server })
        await unused?.gateway.close()
        warn(thrown)
        return false
      }
    },
    async close() {
      await cancelTurn()
      await watch?.close()
      await context.base.runner.close()
      await context.services?.gateway.close()
    },
  }
}
