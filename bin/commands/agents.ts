import { openKnownAgent } from '../../lib/client/gateway/agents.ts'
import type { Surroundings } from '../io/cli-environment.ts'
import { confirmed } from '../io/confirm.ts'
import { atServer, type SubcommandCall } from './with-agent.ts'

/** `letta agents list`: the one used last first, the one of this folder with a star. */
export function listAgents(around: Surroundings, call: SubcommandCall): Promise<number> {
  return atServer(around, call, async ({ gateway, remembered, print, printJson, tell }) => {
    const agents = await gateway.listAgents()
    if (call.json) {
      const isHere = (id: string): boolean => id === remembered.lastAgent
      return printJson(agents.map((agent) => ({ ...agent, here: isHere(agent.id) })))
    }
    if (agents.length === 0) tell('There are no agents yet: letta makes one.')
    const width = Math.max(...agents.map(({ name }) => name.length))
    for (const { id, name, model } of agents) {
      print(`${id === remembered.lastAgent ? '*' : ' '} ${id}  ${name.padEnd(width)}  ${model}`)
    }
    return 0
  })
}

/** `letta agents delete ID`: asks first. */
export function deleteAgent(around: Surroundings, call: SubcommandCall): Promise<number> {
  const [id = ''] = call.operands
  return atServer(around, call, async ({ gateway, remembered, print, printJson, tell }) => {
    const { name } = await openKnownAgent(gateway, id, 'given')
    const question = `Delete the agent ${name} (${id}) and its whole conversation? Its memory blocks stay.`
    if (!(await confirmed(around, question, call.given))) {
      tell('Nothing was deleted.')
      return 1
    }
    await gateway.deleteAgent(id)
    await remembered.forgetAgent(id)
    return call.json ? printJson({ id, name, deleted: true }) : print(`Deleted ${name} (${id}).`)
  })
}
