import { expect } from 'chai'
import {
  memoryApprovalRequired,
  memoryNotReviewed,
} from '../../lib/session/messages/memory-review.ts'
import { reduceSession } from '../../lib/session/reduce/session.ts'
import { requireMemoryApproval } from '../../lib/session/require-memory-approval.ts'
import type { Services } from '../../lib/session/services.ts'
import { emptySession, type SessionState } from '../../lib/session/state/session-state.ts'
import { createStore } from '../../lib/store.ts'
import { createUserError } from '../../lib/util/user-error.ts'

const AGENT = { id: 'a', name: 'a', model: 'm', contextWindow: null, effort: null, tools: [] }

interface Given {
  readonly ask?: string
  readonly reviewsMemory?: boolean
  /** The server lets its clients ask for approval in a request. */
  readonly hasLeases?: boolean
  readonly fails?: boolean
}

/** A server that is not letta's own: the agent has two memory tools, of which one requires approval already. */
async function requireOn({ ask, reviewsMemory = false, hasLeases = false, fails = false }: Given) {
  const rules = {
    allow: [],
    deny: [],
    ask: ask === undefined ? [] : [{ text: ask, source: 'user' as const }],
  }
  const state: SessionState = { ...emptySession('/p', 0), agent: AGENT, rules, reviewsMemory }
  const store = createStore(state, reduceSession)
  const approved: string[] = []
  const notices: string[] = []
  const gateway = {
    type: 'cloud',
    leases: { read: async () => (hasLeases ? { lease: null, pending: null } : null) },
    agents: {
      retrieve: async () => ({
        ...AGENT,
        tools: ['memory_insert', 'memory_replace', 'web_search'],
        approvalRules: ['memory_insert'],
      }),
    },
    tools: {
      setApproval: async (_: string, tool: string) => {
        if (fails) throw createUserError({ message: 'Not found.', hint: '' })
        approved.push(tool)
      },
    },
  }
  const notify = (_: string, text: string): void => void notices.push(text)
  await requireMemoryApproval({ store, gateway, notify } as unknown as Services)
  return { approved, notices, problem: store.state.memoryReviewProblem }
}

describe('The approval of memory tools on another server', () => {
  it('is set, and reported, when a rule or the setting is about memory', async () => {
    const expected = {
      approved: ['memory_replace'],
      notices: [memoryApprovalRequired(['memory_replace'])],
      problem: null,
    }
    expect(await requireOn({ ask: 'Memory(human)' })).to.deep.equal(expected)
    expect(await requireOn({ reviewsMemory: true })).to.deep.equal(expected)
  })

  it('is not set without such a rule, since all clients of the agent notice it', async () => {
    const { approved, notices } = await requireOn({ ask: 'Bash(npm publish)' })
    expect([approved, notices]).to.deep.equal([[], []])
  })

  it('is not set on a server that asks by request', async () => {
    const { approved } = await requireOn({ ask: 'Memory', hasLeases: true })
    expect(approved).to.deep.equal([])
  })

  it('is reported as missing where the server does not know it', async () => {
    const { problem, notices } = await requireOn({ ask: 'Memory', fails: true })
    expect(problem).to.equal(memoryNotReviewed('Not found.'))
    expect(notices).to.deep.equal([problem])
  })
})
