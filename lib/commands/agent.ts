import type { ServerFacts } from '../session/state.ts'
import { needsAgent, needsRest, type SessionCommand } from './session-command.ts'

export const AGENT_COMMANDS: readonly SessionCommand[] = [
  {
    id: 'agent.show',
    title: 'Show the agent: its id, and how to reach it',
    slash: 'agent',
    unavailable: needsAgent,
    run({ session }) {
      const { agent, server } = session.store.state
      if (agent === null) return
      session.notify(
        'info',
        `${agent.name} · ${agent.id} · ${agent.model}`,
        agentAddress(agent.id, server),
      )
    },
  },
  {
    id: 'agent.rename',
    title: 'Rename the agent',
    slash: 'rename',
    argument: { name: 'name', required: true },
    unavailable: needsAgent,
    async run({ session }, name) {
      await session.agents.rename(name)
      session.notify('info', `The agent is called ${name} now.`)
    },
  },
  {
    id: 'agent.new',
    title: 'Make a new agent with new memory blocks',
    slash: 'new',
    unavailable: (state) => (state.agent === null ? null : needsRest(state)),
    run: ({ session }) => session.agents.open('new'),
  },
]

function agentAddress(id: string, server: ServerFacts | null): string {
  if (server?.type === 'cloud') return `Its page: https://app.letta.com/agents/${id}`
  if (server?.url) return `It lives on ${server.url}`
  return 'It lives in the embedded server, on this machine. Other programs reach it with: letta serve'
}
