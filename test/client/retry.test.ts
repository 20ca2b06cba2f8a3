import { createServer, type Server } from 'node:http'
import { Letta } from '@letta-ai/letta-client'
import { expect } from 'chai'
import {
  conflictDetail,
  isApprovalPending,
  pauseBefore,
  type RetryableResponse,
} from '../../lib/client/retry.ts'
import { streamTurn } from '../../lib/client/stream/stream.ts'
import { defaultThread } from '../../lib/util/thread.ts'
import { loadCases } from '../support/cases.ts'

const rejection = (more: Partial<RetryableResponse>): RetryableResponse => {
  return { status: null, detail: '', retryAfterMs: null, ...more }
}

describe('A retry', () => {
  describe('is decided as in error_recovery.json, case', () => {
    const { cases } = loadCases('error_recovery.json') as RecoveryCases
    /**
     * The rules of this program, by the names in the cases. Errors of a run that has begun are not among them: the embedded
     * server repeats the request to its provider, and a Letta server has done so before it reports an error.
     */
    const rules: Readonly<Record<string, (...args: readonly unknown[]) => unknown>> = {
      isApprovalPendingError: isApprovalPending,
      extractConflictDetail: conflictDetail,
      shouldRetryPreStreamTransientError: (given) =>
        pauseBefore(1, rejection(Object(given))) !== null,
      getRetryDelayMs: (given) => {
        const { category, attempt, detail = '' } = Object(given)
        const busy = 'Conversation is busy with another active run.'
        return pauseBefore(
          attempt,
          rejection({ detail: category === 'conversation_busy' ? busy : detail }),
        )
      },
      getPreStreamErrorAction: (detail) =>
        isApprovalPending(detail) ? 'resolve_approval_pending' : 'other',
    }
    for (const { id, fn, args, expected } of cases) {
      const decide = rules[fn]
      if (decide !== undefined) it(`${id}: ${fn}`, () => expect(decide(...args)).to.equal(expected))
    }
  })

  it('waits as long as the server requests, up to a limit', () => {
    const waits = [1, 2, 3, 4].map((attempt) => pauseBefore(attempt, rejection({ status: 503 })))
    expect(waits).to.deep.equal([1000, 2000, 4000, null])
    expect(pauseBefore(1, rejection({ status: 429, retryAfterMs: 7000 }))).to.equal(7000)
    expect(pauseBefore(1, rejection({ status: 429, retryAfterMs: 9e9 }))).to.equal(60_000)
  })

  it('does not happen for errors that do not pass', () => {
    const never = [
      rejection({ status: 400, detail: 'bad request' }),
      rejection({ status: 401 }),
      rejection({ status: 500, detail: 'the database is on fire' }),
      rejection({ status: 429, detail: 'usage_limit_reached' }),
      rejection({ status: 409, detail: 'The agent is waiting for approval on a tool call.' }),
    ]
    expect(never.map((one) => pauseBefore(1, one))).to.deep.equal(never.map(() => null))
  })

  describe('at the start of a turn', () => {
    let server: Server
    afterEach(() => server.close())
    const play = async (answers: readonly (readonly [number, string])[]) => {
      const left = [...answers]
      let asked = 0
      server = createServer((_, response) => {
        asked += 1
        const [status, body] = left.shift() ?? [500, '{}']
        const type = status === 200 ? 'text/event-stream' : 'application/json'
        response.writeHead(status, { 'content-type': type })
        response.end(body)
      })
      await new Promise<void>((resolve) => {
        server.listen(0, '127.0.0.1', resolve)
      })
      const address = server.address()
      const port = typeof address === 'object' && address !== null ? address.port : 0
      const client = new Letta({ baseURL: `http://127.0.0.1:${port}`, apiKey: '', logLevel: 'off' })
      const message = { otid: 'o1', text: 'Hello', reminder: null }
      const patience = { silence: 20_000, pause: 0.001, outage: 300 }
      const options = { background: true, maxSteps: null, patience }
      const { signal } = new AbortController()
      let said = ''
      try {
        for await (const part of streamTurn(
          client,
          defaultThread('a'),
          { replies: [], message },
          options,
          signal,
        )) {
          if (part.type === 'assistant') said += part.text
        }
      } catch (thrown) {
        said = thrown instanceof Error ? thrown.message : String(thrown)
      }
      return { said, asked }
    }
    const hello = [
      '{"message_type":"assistant_message","otid":"x","content":"Hi.","run_id":"r1","seq_id":1}',
      '{"message_type":"stop_reason","stop_reason":"end_turn","run_id":"r1","seq_id":2}',
    ]
    const stream = hello.map((event) => `data: ${event}\n\n`).join('')
    const busy = '{"detail":"CONFLICT: Another request is currently being processed."}'

    it('succeeds when an unreachable or busy server recovers', async () => {
      const answers = [
        [503, '{}'],
        [429, '{}'],
        [409, busy],
        [200, stream],
      ] as const
      expect(await play(answers)).to.deep.equal({ said: 'Hi.', asked: 4 })
    })

    it('succeeds when the blocking run has ended, however many runs come between', async () => {
      const detail = 'CONFLICT: Another request (run_id=run-1) is currently being processed.'
      const inTheWay = [
        [409, JSON.stringify({ detail, run_id: 'run-1' })],
        [404, '{"detail":"not yet"}'],
        [202, '{"id":"run-1","status":"running"}'],
        [202, '{"id":"run-1","status":"completed"}'],
      ] as const
      const answers = [1, 2, 3, 4, 5].flatMap(() => inTheWay)
      expect(await play([...answers, [200, stream]])).to.deep.equal({ said: 'Hi.', asked: 21 })
    })

    it('fails with the message of the server when it stays unreachable or rejects the turn', async () => {
      const away = [503, '{"detail":"down for repair"}'] as const
      const { said, asked } = await play([away, away, away, away, away])
      expect([said.includes('down for repair'), asked]).to.deep.equal([true, 4])
      server.close()
      expect((await play([[400, '{"detail":"no"}']])).asked).to.equal(1)
    })
  })
})

interface RecoveryCases {
  readonly cases: readonly {
    readonly id: string
    readonly fn: string
    readonly args: readonly unknown[]
    readonly expected: unknown
  }[]
}
