import { agentAddress, agentRenamed, agentSummary, TITLES } from './messages.ts'
import { needsAgent, type SessionCommand } from './session-command.ts'

export const AGENT_COMMANDS: readonly SessionCommand[] = [
  {
    id: 'agent.show',
    title: TITLES['agent.show'],
    unavailable: needsAgent,
    run({ session }) {
      const { agent, server } = session.store.state
      if (agent === null) return
      session.notify('info', agentSummary(agent), agentAddress(agent.id, server))
    },
  },
  {
    id: 'agent.rename',
    title: TITLES['agent.rename'],
    argument: { name: 'name', required: true },
    unavailable: needsAgent,
    async run({ session }, name) {
      await session.agents.rename(name)
      session.notify('info', agentRenamed(name))
    },
  },
  {
    id: 'agent.new',
    title: TITLES['agent.new'],
    run: ({ session }) => session.agents.open('new'),
  },
]
