import type { PermissionRule, PermissionRules } from '../../permissions/types.ts'
import { addDollars } from '../../util/add-dollars.ts'
import { DEFAULT_CONVERSATION } from '../../util/thread.ts'
import type { SessionEvent } from '../events.ts'
import type { QueuedMessage } from '../state/queue.ts'
import type { SessionState } from '../state/session-state.ts'
import {
  NO_USAGE,
  type TurnHolder,
  type TurnRecord,
  type TurnState,
  type Usage,
} from '../state/turn.ts'
import { reduceFailedTurn } from './failed-turn.ts'
import { reduceJobs } from './jobs.ts'
import { reduceMemory } from './memory.ts'
import { reduceRetryWaits } from './retry-waits.ts'
import { reduceShellLines } from './shell-lines.ts'
import { reduceTranscript } from './transcript.ts'

/** The reducer of the session's state. Pure: no clock, no random numbers, no I/O. */
export function reduceSession(state: SessionState, event: SessionEvent): SessionState {
  if (event.type === 'session.shown') return event.session
  const slices = [
    reduceFailedTurn,
    reduceRetryWaits,
    reduceFacts,
    reduceMemory,
    reduceJobs,
    reduceShellLines,
    reduceTranscript,
  ]
  const next = slices.reduce((before, reduce) => reduce(before, event), state)
  return event.type in TURN_PROGRESS && 'at' in event ? touch(next, event.at) : next
}

/** Events that replace a part of the state. */
function reduceFacts(state: SessionState, event: SessionEvent): SessionState {
  switch (event.type) {
    case 'server.reached':
      return { ...state, server: event.server }
    case 'agent.reached':
      return { ...state, start: event.start }
    case 'opening.failed':
      return state.agent === null ? { ...state, start: event.reason ?? 'failed' } : state
    case 'agent.opened': {
      const isSame = state.agent?.id === event.agent.id
      const { conversation, usage, spent, surroundings } = isSame ? state : NEWLY_OPENED
      return { ...state, agent: event.agent, conversation, usage, spent, surroundings }
    }
    case 'conversation.opened': {
      const isSame = state.conversation.id === event.conversation.id
      const { usage, spent, surroundings } = isSame ? state : NEWLY_OPENED
      return { ...state, conversation: event.conversation, usage, spent, surroundings }
    }
    case 'cost.counted': {
      const running = state.turn.type === 'running' ? (state.usage.dollars ?? null) : 0
      return { ...state, spent: addDollars(event.dollars, running) }
    }
    case 'surroundings.sent':
      return { ...state, surroundings: event.parts }
    case 'surroundings.forgotten':
      return { ...state, surroundings: [] }
    case 'conversation.titled':
      return state.conversation.id === event.id
        ? { ...state, conversation: { ...state.conversation, title: event.title } }
        : state
    case 'agent.changed':
      return { ...state, agent: event.agent }
    case 'history.cleared':
      return { ...state, usage: NO_USAGE, surroundings: [] }
    case 'skills.found':
      return {
        ...state,
        skills: {
          directory: event.directory,
          found: event.found,
          problems: event.problems,
          source: event.source ?? 'project',
        },
      }
    case 'git.changed':
      return { ...state, git: event.status }
    case 'changes.found':
      return { ...state, changes: { ...state.changes, ...found(event) } }
    case 'changes.compared':
      return { ...state, changes: { ...state.changes, comparison: event.comparison } }
    case 'mode.changed':
      return {
        ...state,
        mode: event.mode,
        wasBypassed: state.wasBypassed || event.mode === 'bypassPermissions',
      }
    case 'rules.loaded':
      return {
        ...state,
        rules: withRulesOfSession(event.rules, state.rules),
        trusted: event.trusted,
        grants: event.grants,
        asksForTrust: event.asksForTrust,
        settingsProblems: event.settingsProblems ?? [],
        areDenialsLost: event.areDenialsLost ?? false,
        reviewsMemory: event.reviewsMemory ?? false,
      }
    case 'rule.added':
      return {
        ...state,
        rules: { ...state.rules, [event.list]: [...state.rules[event.list], event.rule] },
      }
    case 'rule.removed': {
      // Compared by value: the event of a recording contains another object.
      const { text, source } = event.rule
      const kept = state.rules[event.list].filter(
        (rule) => rule.text !== text || rule.source !== source,
      )
      return { ...state, rules: { ...state.rules, [event.list]: kept } }
    }
    case 'message.queued': {
      const message: QueuedMessage = {
        id: event.id,
        text: event.text,
        delivery: event.delivery ?? 'step',
        ...(event.attaches === true ? { attaches: true } : {}),
      }
      const queue = event.isFirst ? [message, ...state.queue] : [...state.queue, message]
      return { ...state, queue }
    }
    case 'queue.changed':
      return { ...state, queue: changedQueue(state.queue, event) }
    case 'message.unqueued':
      return withQueue(
        state,
        state.queue.filter((message) => message.id !== event.id),
      )
    case 'queue.returned':
      return withQueue(state, [])
    case 'queue.paused':
      return { ...state, isQueuePaused: state.queue.length > 0 }
    case 'queue.resumed':
      return { ...state, isQueuePaused: false }
    case 'turn.started':
      return {
        ...state,
        turn: startedTurn(event.turnId, event.at),
        // What is in the context window stays known if the turn fails before it is reported.
        usage: { ...NO_USAGE, contextTokens: state.usage.contextTokens },
      }
    case 'turn.cancelling':
      return state.turn.type === 'running'
        ? { ...state, turn: { ...state.turn, cancelling: true } }
        : state
    case 'turn.waiting':
      return state.turn.type === 'running'
        ? { ...state, turn: { ...state.turn, waitsFor: event.holder } }
        : { ...state, turn: idleTurn(event.holder) }
    case 'context.counted': {
      const known = event.isNewer === true ? null : state.usage.contextTokens
      const contextTokens = known ?? event.tokens
      return { ...state, usage: { ...state.usage, contextTokens } }
    }
    case 'aside.answered':
      return {
        ...state,
        spent: addDollars(state.spent, event.usage.dollars ?? null),
        totals: { ...state.totals, usage: addUsage(state.totals.usage, event.usage) },
      }
    case 'usage.reported':
      return {
        ...state,
        usage: addUsage(state.usage, event.usage),
        spent: addDollars(state.spent, event.usage.dollars ?? null),
        totals: { ...state.totals, usage: addUsage(state.totals.usage, event.usage) },
      }
    case 'turn.finished':
      return {
        ...state,
        turn: { type: 'idle' },
        isQueuePaused: event.outcome.type === 'failed' && state.queue.length > 0,
        turnLog: [...state.turnLog, turnRecord(state, event)],
        totals: {
          ...state.totals,
          turns: state.totals.turns + (hasWorked(state) ? 1 : 0),
          apiMs: state.totals.apiMs + event.apiMs,
        },
      }
    default:
      return state
  }
}

const NEWLY_OPENED = {
  conversation: { id: DEFAULT_CONVERSATION, title: null },
  usage: NO_USAGE,
  spent: 0,
  surroundings: [],
}

/** An empty queue waits for nothing. */
function withQueue(state: SessionState, queue: SessionState['queue']): SessionState {
  return { ...state, queue, isQueuePaused: state.isQueuePaused && queue.length > 0 }
}

function changedQueue(
  queue: SessionState['queue'],
  { id, by, delivery }: Extract<SessionEvent, { type: 'queue.changed' }>,
): SessionState['queue'] {
  const from = queue.findIndex((message) => message.id === id)
  const message = queue[from]
  if (message === undefined) return queue
  const to = Math.max(0, Math.min(queue.length - 1, from + by))
  return queue.toSpliced(from, 1).toSpliced(to, 0, { ...message, delivery })
}

/** Events that show the turn is alive; "seconds since the last event" counts from them. */
const TURN_PROGRESS = {
  'message.delta': true,
  'tool.delta': true,
  'tool.started': true,
  'tool.output': true,
  'tool.finished': true,
  'approval.requested': true,
  'turn.waiting': true,
} satisfies Partial<Record<SessionEvent['type'], true>>

function found({
  summary,
  listed,
  ofConversation,
}: Extract<SessionEvent, { type: 'changes.found' }>): Omit<SessionState['changes'], 'comparison'> {
  return {
    summary,
    listed: listed ?? { scope: { type: 'session' }, summary },
    ofConversation: ofConversation ?? null,
  }
}

function touch(state: SessionState, at: number): SessionState {
  return state.turn.type === 'running'
    ? { ...state, turn: { ...state.turn, lastEventAt: at } }
    : state
}

function idleTurn(elsewhere: TurnHolder | null): TurnState {
  return elsewhere === null ? { type: 'idle' } : { type: 'idle', elsewhere }
}

/** What the user decided in this session is in no file, so reading the files again does not change it. */
function withRulesOfSession(loaded: PermissionRules, before: PermissionRules): PermissionRules {
  const own = (list: keyof PermissionRules): readonly PermissionRule[] =>
    before[list].filter(({ source }) => source === 'session')
  return {
    allow: [...loaded.allow, ...own('allow')],
    deny: [...loaded.deny, ...own('deny')],
    ask: [...loaded.ask, ...own('ask')],
  }
}

function startedTurn(turnId: string, at: number): TurnState {
  return { type: 'running', turnId, since: at, lastEventAt: at, cancelling: false, waitsFor: null }
}

/** One that follows another session, or finds no calls that are left, is not counted. */
function hasWorked({ usage, current }: SessionState): boolean {
  return usage.steps > 0 || current.some(({ type }) => type !== 'notice')
}

function turnRecord(
  { turn, usage, current, agent }: SessionState,
  { at, apiMs, model }: Extract<SessionEvent, { type: 'turn.finished' }>,
): TurnRecord {
  return {
    usage,
    apiMs,
    tookMs: turn.type === 'running' ? at - turn.since : 0,
    answerId: current.findLast(({ type }) => type === 'assistant')?.id ?? null,
    model: model ?? agent?.model ?? null,
  }
}

function addUsage(sum: Usage, more: Usage): Usage {
  return {
    promptTokens: sum.promptTokens + more.promptTokens,
    completionTokens: sum.completionTokens + more.completionTokens,
    totalTokens: sum.totalTokens + more.totalTokens,
    cachedTokens: sum.cachedTokens + more.cachedTokens,
    reasoningTokens: sum.reasoningTokens + more.reasoningTokens,
    dollars: addDollars(sum.dollars ?? null, more.dollars ?? null),
    steps: sum.steps + more.steps,
    contextTokens: more.contextTokens ?? sum.contextTokens,
  }
}
