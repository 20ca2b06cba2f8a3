import { expect } from 'chai'
import { z } from 'zod'
import { entriesOf } from '../../lib/client/gateway/history.ts'
import { createStreamDecoder, type StreamPart } from '../../lib/client/stream/decode.ts'
import type { PermissionRule, PermissionRules } from '../../lib/permissions/types.ts'
import type { SessionEvent } from '../../lib/session/events.ts'
import { reduceSession } from '../../lib/session/reduce/session.ts'
import type { Entry } from '../../lib/session/state/entry.ts'
import { emptySession, type SessionState } from '../../lib/session/state/session-state.ts'
import { runTurn } from '../../lib/session/turn.ts'
import { createStore, type Store } from '../../lib/store.ts'
import { loadCases } from '../support/cases.ts'
import { quietTurnPorts } from '../support/turn-ports.ts'

/**
 * A line of Letta Code's transcript. The entries of this program contain the same facts in another shape: a call is identified
 * by the server's id (so `id` is compared only for texts), and its state is one phase instead of three members.
 */
const Line = z.object({
  kind: z.string(),
  id: z.string(),
  text: z.string().optional(),
  toolCallId: z.string().optional(),
  name: z.string().optional(),
  argsText: z.string().optional(),
  resultText: z.string().optional(),
  resultOk: z.boolean().optional(),
})
type Line = z.infer<typeof Line>

const Expected = z.object({
  lines: z.array(Line),
  usage: z.record(z.string(), z.number()).optional(),
})
const Play = z.object({
  id: z.string(),
  note: z.string(),
  chunks: z.array(z.unknown()),
  end: z.enum(['finish', 'cancel']).nullable(),
  expected: Expected,
})
const Past = z.object({
  id: z.string(),
  note: z.string(),
  history: z.array(z.unknown()),
  expected: Expected,
})
const Op = z.tuple([
  z.enum(['add', 'clear']),
  z.string().optional(),
  z.enum(['allow', 'deny', 'ask']).optional(),
])
const RuleCase = z.object({
  id: z.string(),
  ops: z.array(Op),
  expect: z.record(z.string(), z.array(z.string())),
})

/** Cases in which this program differs on purpose. */
const OTHERWISE = new Map([
  ['history_backfill-01', 'a long text is complete: only the screen truncates it'],
  ['history_backfill-04', 'a call without arguments is still a call'],
])

function casesOf<Case>(name: string, shape: z.ZodType<Case>): readonly Case[] {
  return z.object({ cases: z.array(shape) }).parse(loadCases(`${name}.json`)).cases
}

type Session = Store<SessionState, SessionEvent>

describe('The conversation has the expected entries in case', () => {
  for (const one of casesOf('stream_accumulator', Play)) {
    it(`${one.id}: ${one.note}`, async () => {
      const { current, settled, usage } = await played(one.chunks, one.end)
      const lines = [...settled, ...current].flatMap(lineOf)
      expect(lines).to.deep.equal(one.expected.lines.map(comparable))
      if (one.expected.usage !== undefined) {
        const { steps, contextTokens: _, dollars: __, ...tokens } = usage
        expect({ ...tokens, stepCount: steps }).to.deep.equal(one.expected.usage)
      }
    })
  }

  for (const one of casesOf('history_backfill', Past)) {
    it(`${one.id}: ${OTHERWISE.get(one.id) ?? one.note}`, () => {
      const lines = entriesOf(one.history).flatMap(lineOf)
      const wanted = one.expected.lines.map(comparable)
      if (OTHERWISE.has(one.id)) expect(lines).to.not.deep.equal(wanted)
      else expect(lines).to.deep.equal(wanted)
    })
  }

  for (const one of casesOf('session_rules', RuleCase)) {
    it(`${one.id}: rules of a session come and go`, () => {
      const { rules } = one.ops.reduce<Session>(afterOp, newStore()).state
      const texts = (list: readonly PermissionRule[]) => list.map(({ text }) => text)
      const { allow, deny, ask } = rules
      expect({ allow: texts(allow), deny: texts(deny), ask: texts(ask) }).to.deep.equal(one.expect)
    })
  }
})

const newStore = (): Session => createStore(emptySession('/project', 0), reduceSession)

function afterOp(store: Session, [op, text = '', list = 'allow']: z.infer<typeof Op>): Session {
  if (op === 'add') {
    store.dispatch({ type: 'rule.added', list, rule: { text, source: 'session' } })
  } else {
    for (const [list, rule] of rulesOf(store.state.rules)) {
      store.dispatch({ type: 'rule.removed', list, rule })
    }
  }
  return store
}

const rulesOf = (rules: PermissionRules) =>
  (['allow', 'deny', 'ask'] as const).flatMap((list) =>
    rules[list].map((rule) => [list, rule] as const),
  )

/** Runs a turn whose response consists of these chunks. */
async function played(
  chunks: readonly unknown[],
  end: 'finish' | 'cancel' | null,
): Promise<SessionState> {
  const store = newStore()
  const cancelling = new AbortController()
  const decoder = createStreamDecoder()
  let open: SessionState | null = null
  async function* stream(): AsyncGenerator<StreamPart> {
    for (const chunk of chunks) yield* decoder.decode(chunk)
    open = store.state
    if (end === 'cancel') cancelling.abort()
  }
  const neverAsked = async (): Promise<never> => expect.fail('a call was asked about')
  await runTurn(
    {
      store,
      stream,
      settle: neverAsked,
      ...quietTurnPorts(),
    },
    { message: null, settlesPending: false },
    cancelling.signal,
  )
  return end === null && open !== null ? open : store.state
}

function comparable({ kind, id, text, toolCallId, name, argsText, ...line }: Line): unknown {
  if (kind !== 'tool_call') return { kind, id, text }
  // "Interrupted by user" is a separate phase here.
  const isDropped = line.resultText === 'Interrupted by user' || line.resultOk === undefined
  const { resultText, resultOk } = line
  return { kind, toolCallId, name, argsText, ...(isDropped ? {} : { resultText, resultOk }) }
}

function lineOf(entry: Entry): readonly unknown[] {
  if (entry.type === 'notice') return []
  if (entry.type !== 'tool') return [{ kind: entry.type, id: entry.id, text: entry.text }]
  const { callId: toolCallId, tool: name, args: argsText, phase } = entry.call
  const result =
    phase.type === 'finished'
      ? { resultText: phase.text, resultOk: phase.status === 'success' }
      : {}
  return [{ kind: 'tool_call', toolCallId, name, argsText, ...result }]
}
