import type { SubcommandInvocation } from '../../lib/cli/parse.ts'
import { openKnownAgent } from '../../lib/client/gateway/known-agent.ts'
import { leasesOf } from '../../lib/session/session-context.ts'
import { assertNotAtWork } from '../../lib/session/turn-lease.ts'
import { toTerminalRow } from '../../lib/util/sanitize.ts'
import { defaultThread, threadOf } from '../../lib/util/thread.ts'
import type { CliEnvironment } from '../io/cli-environment.ts'
import { confirm } from '../io/prompt.ts'
import { agentDeleted, confirmDeleteAgent, NO_AGENTS, NOTHING_DELETED } from '../messages.ts'
import { withServer } from './with-agent.ts'

/** `letta agents list`: the most recently used first; a star marks the one of this directory. */
export function listAgents(cli: CliEnvironment, invocation: SubcommandInvocation): Promise<number> {
  return withServer(cli, invocation, async ({ gateway, savedIds, print, printJson, notify }) => {
    const agents = await gateway.agents.list()
    const isOfDirectory = (id: string): boolean => id === savedIds.lastAgent
    if (invocation.flags.has('json')) {
      return printJson(agents.map((agent) => ({ ...agent, here: isOfDirectory(agent.id) })))
    }
    if (agents.length === 0) notify(NO_AGENTS)
    const width = Math.max(...agents.map(({ name }) => name.length))
    for (const { id, name, model } of agents) {
      const mark = isOfDirectory(id) ? '*' : ' '
      print(toTerminalRow(`${mark} ${id}  ${name.padEnd(width)}  ${model}`))
    }
    return 0
  })
}

/** `letta agents delete ID` */
export function deleteAgent(
  cli: CliEnvironment,
  invocation: SubcommandInvocation,
): Promise<number> {
  const {
    operands: [id = ''],
    flags,
  } = invocation
  return withServer(cli, invocation, async (server) => {
    const { gateway, savedIds, print, printJson, notify } = server
    const { name } = await openKnownAgent(gateway, id, 'given')
    const leases = leasesOf(gateway, cli.lettaDirectory, server.serverName)
    const assertIdle = async (): Promise<void> => {
      const conversations = (await gateway.conversations.list(id)) ?? []
      for (const thread of [defaultThread(id), ...conversations.map(threadOf)])
        await assertNotAtWork({ gateway, leases }, thread)
    }
    await assertIdle()
    if (!(await confirm(cli, confirmDeleteAgent(name, id), flags.has('yes')))) {
      notify(NOTHING_DELETED)
      return 1
    }
    // The question may have been open for long.
    await assertIdle()
    await gateway.agents.delete(id)
    await savedIds.forgetAgent(id)
    if (flags.has('json')) return printJson({ id, name, deleted: true })
    return print(agentDeleted(name, id))
  })
}
