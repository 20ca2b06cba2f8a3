import { readFileSync } from 'node:fs'
import path from 'node:path'
import { expect } from 'chai'
import { OUTPUT_FORMATS, type OutputFormat } from '../../lib/cli/flags.ts'
import { formats } from '../../lib/headless/formats.ts'
import {
  callDenied,
  LEFT_PENDING_HINT,
  QUESTION_HINT,
  requiresApproval,
  skillNotRead,
} from '../../lib/headless/messages.ts'
import { type HeadlessSession, runHeadless } from '../../lib/headless/run.ts'
import type { ApprovalRequest, SessionEvent } from '../../lib/session/events.ts'
import { reduceSession } from '../../lib/session/reduce/session.ts'
import { decisionOn } from '../../lib/session/state/selectors.ts'
import { emptySession, type SessionState } from '../../lib/session/state/session-state.ts'
import { createStore, type Store } from '../../lib/store.ts'
import { commandReference, keyReference, resolveReferences } from '../../lib/util/references.ts'
import { UserError } from '../../lib/util/user-error.ts'

type SessionStore = Store<SessionState, SessionEvent>

const AGENT = {
  id: 'agent-1',
  name: 'a',
  model: 'm/1',
  contextWindow: null,
  effort: null,
  tools: ['Read'],
}
const USAGE = {
  promptTokens: 294,
  completionTokens: 97,
  totalTokens: 391,
  cachedTokens: 0,
  reasoningTokens: 0,
  steps: 1,
  contextTokens: null,
}
const done = { type: 'done' } as const

describe('Headless mode', () => {
  it('loads the ports of a session that a turn needs, and not those of the workbench', () => {
    const loaded = modulesOf(path.join(import.meta.dirname, '../../bin/headless.ts'))
    expect([...loaded]).to.include('lib/session/turn-session.ts')
    const ports = [...loaded].filter((file) => file.startsWith('lib/session/ports/'))
    expect(ports).to.deep.equal(['lib/session/ports/conversations.ts'])
    expect([...loaded]).to.not.include('lib/session/session.ts')
  })

  /** A session whose server says what `script` dispatches once the message is sent. */
  const sessionOf = (
    script: (store: SessionStore) => void | Promise<void>,
    opened: Promise<void> = Promise.resolve(),
  ): HeadlessSession => {
    const store = createStore(emptySession('/p', 0), reduceSession)
    return {
      store,
      opened,
      turns: {
        cancel: () => finish(store, { type: 'cancelled', text: 'Cancelled.' }),
        send(text) {
          store.dispatch({ type: 'message.queued', id: 'u1', text })
          void opened.then(
            async () => {
              store.dispatch({ type: 'agent.opened', agent: AGENT })
              store.dispatch({ type: 'message.unqueued', id: 'u1' })
              store.dispatch({ type: 'turn.started', turnId: 't1', at: 0 })
              store.dispatch({ type: 'message.sent', id: 'u1', text, at: 0 })
              await script(store)
            },
            () => undefined,
          )
        },
      },
    }
  }
  const say = (store: SessionStore, role: 'assistant' | 'reasoning', id: string, text: string) =>
    store.dispatch({ type: 'message.delta', role, id, text, at: 0 })
  const finish = (
    store: SessionStore,
    outcome: Extract<SessionEvent, { type: 'turn.finished' }>['outcome'],
  ) => store.dispatch({ type: 'turn.finished', outcome, apiMs: 2098, at: 1, id: 'e1' })
  const run = async (
    format: OutputFormat,
    session: HeadlessSession,
    signal = new AbortController().signal,
  ) => {
    const printed = { out: '', error: '' }
    let time = 1000
    const code = await runHeadless({
      session,
      prompt: 'hi there',
      format,
      signal,
      write: (text) => {
        printed.out += text
      },
      writeError: (text) => {
        printed.error += text
      },
      now: () => {
        time += 5454
        return time
      },
      toShellMessage: (message) => resolveReferences(message, ({ id }) => id),
    })
    return { code, ...printed }
  }
  const lines = (text: string): unknown[] =>
    text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))

  const greet = (store: SessionStore): void => {
    say(store, 'reasoning', 'r1', 'The user is asking')
    say(store, 'reasoning', 'r1', ' me to say hello')
    say(store, 'assistant', 'a1', 'Hi! How can I ')
    say(store, 'assistant', 'a1', 'help you today?')
    store.dispatch({ type: 'usage.reported', usage: USAGE })
    finish(store, done)
  }

  it('has a format for each value of --output-format', () => {
    expect(Object.keys(formats)).to.deep.equal([...OUTPUT_FORMATS])
  })

  it('prints the last answer as text', async () => {
    expect(await run('text', sessionOf(greet))).to.deep.equal({
      code: 0,
      out: 'Hi! How can I help you today?\n',
      error: '',
    })
  })

  it('prints warnings from before it started, such as invalid settings', async () => {
    const session = sessionOf(greet)
    const notice = { level: 'warning', text: 'settings.json:2:3: no.', hint: 'Kept.' } as const
    session.store.dispatch({ type: 'notice.posted', id: 'n', ...notice })
    expect((await run('text', session)).error).to.equal('settings.json:2:3: no.\n  Kept.\n')
  })

  it('prints warnings about unreadable skills', async () => {
    const problems = [{ path: '/p/.skills/a/SKILL.MD', message: 'not closed' }]
    const session = sessionOf((store) => {
      store.dispatch({ type: 'skills.found', directory: '/p/.skills', found: [], problems })
      greet(store)
    })
    expect((await run('json', session)).error).to.equal(
      `${skillNotRead('/p/.skills/a/SKILL.MD', 'not closed')}\n`,
    )
  })

  it('prints one object as the seed’s README shows it', async () => {
    const { code, out } = await run('json', sessionOf(greet))
    expect(code).to.equal(0)
    expect(out).to.equal(`{
  "type": "result",
  "subtype": "success",
  "is_error": false,
  "duration_ms": 5454,
  "duration_api_ms": 2098,
  "num_turns": 1,
  "result": "Hi! How can I help you today?",
  "agent_id": "agent-1",
  "usage": {
    "prompt_tokens": 294,
    "completion_tokens": 97,
    "total_tokens": 391
  }
}
`)
  })

  it('adds the cost to the object where the price of the model is known', async () => {
    const costing = (store: SessionStore): void => {
      say(store, 'assistant', 'a1', 'Hi!')
      store.dispatch({ type: 'usage.reported', usage: { ...USAGE, dollars: 0.25 } })
      finish(store, done)
    }
    const { out } = await run('json', sessionOf(costing))
    expect(JSON.parse(out).total_cost_usd).to.equal(0.25)
  })

  it('prints one event per line as the seed’s README shows it, and the spelling of the server in addition', async () => {
    const { code, out } = await run('stream-json', sessionOf(greet))
    expect(code).to.equal(0)
    const said = { type: 'message', messageType: 'assistant_message' }
    const thought = { type: 'message', messageType: 'reasoning_message' }
    expect(lines(out)).to.deep.equal([
      { type: 'init', agent_id: 'agent-1', model: 'm/1', tools: ['Read'] },
      {
        ...thought,
        reasoning: 'The user is asking',
        otid: 'r1',
        seqId: 1,
        message_type: 'reasoning_message',
        seq_id: 1,
      },
      {
        ...thought,
        reasoning: ' me to say hello',
        otid: 'r1',
        seqId: 2,
        message_type: 'reasoning_message',
        seq_id: 2,
      },
      {
        ...said,
        content: 'Hi! How can I ',
        otid: 'a1',
        seqId: 3,
        message_type: 'assistant_message',
        seq_id: 3,
      },
      {
        ...said,
        content: 'help you today?',
        otid: 'a1',
        seqId: 4,
        message_type: 'assistant_message',
        seq_id: 4,
      },
      {
        type: 'message',
        messageType: 'stop_reason',
        stopReason: 'end_turn',
        message_type: 'stop_reason',
        stop_reason: 'end_turn',
      },
      {
        type: 'message',
        messageType: 'usage_statistics',
        promptTokens: 294,
        completionTokens: 97,
        totalTokens: 391,
        message_type: 'usage_statistics',
        prompt_tokens: 294,
        completion_tokens: 97,
        total_tokens: 391,
        step_count: 1,
      },
      {
        type: 'result',
        subtype: 'success',
        is_error: false,
        duration_ms: 5454,
        duration_api_ms: 2098,
        num_turns: 1,
        result: 'Hi! How can I help you today?',
        agent_id: 'agent-1',
        usage: { prompt_tokens: 294, completion_tokens: 97, total_tokens: 391 },
      },
    ])
    expect(out.split('\n')[1]).to.match(
      /^\{"type":"message","messageType":"reasoning_message","reasoning":"The user is asking","otid":"r1","seqId":1,/,
    )
  })

  const ask = (callId: string, more: Partial<ApprovalRequest> = {}): ApprovalRequest => ({
    callId,
    label: 'npm test',
    preview: {
      type: 'command',
      command: 'npm test',
      description: null,
      background: false,
      timeoutMs: 1,
    },
    verdict: { decision: 'ask', rule: null, source: null, because: 'Unknown command.', part: null },
    suggestion: { rule: 'Bash(npm test:*)', scope: 'local' },
    ...more,
  })
  const request = (store: SessionStore, tool: string, asked: ApprovalRequest): void => {
    const { callId } = asked
    store.dispatch({ type: 'tool.delta', callId, host: 'local', tool, args: '{}', at: 0 })
    store.dispatch({ type: 'approval.requested', requests: [asked], at: 0 })
  }

  it('waits for the turn of its prompt, also when the same text is queued again', async () => {
    const session = sessionOf(async (store) => {
      greet(store)
      await new Promise((resolve) => setImmediate(resolve))
      store.dispatch({ type: 'turn.started', turnId: 't2', at: 0 })
      store.dispatch({ type: 'message.sent', id: 'u2', text: 'hi there', at: 0 })
      say(store, 'assistant', 'a2', 'Again?')
      finish(store, done)
    })
    const { send } = session.turns
    session.turns.send = (text) => {
      send(text)
      session.store.dispatch({ type: 'message.queued', id: 'u2', text })
    }
    expect((await run('text', session)).out).to.equal('Hi! How can I help you today?\n')
  })

  it('writes the request for an approval before its denial', async () => {
    const session = sessionOf(async (store) => {
      store.subscribe((_, { type }) => {
        if (type.startsWith('approval.')) seen.push(type)
      })
      request(store, 'Bash', ask('c1'))
      await store.when(decisionOn('c1'))
      finish(store, done)
    })
    const seen: string[] = []
    await run('text', session)
    expect(seen).to.deep.equal(['approval.requested', 'approval.decided'])
  })

  it('denies calls that require approval, names the flag that would allow them, and continues', async () => {
    const session = sessionOf(async (store) => {
      request(store, 'Bash', ask('c1'))
      const decision = await store.when(decisionOn('c1'))
      say(store, 'assistant', 'a1', decision.allow ? 'ran' : decision.reason)
      finish(store, done)
    })
    const way = 'To allow it: --allowedTools "Bash(npm test:*)", or --yolo'
    expect(await run('text', session)).to.deep.equal({
      code: 0,
      out: `Tool requires approval (headless mode). ${way}\n`,
      error: `${callDenied('Bash', 'npm test', way)}\n`,
    })
  })

  it('denies questions to the person, because a person cannot answer there', async () => {
    const session = sessionOf(async (store) => {
      const options = [{ label: 'A', description: '' }]
      const question = { question: 'Which?', header: '', options, multiSelect: false }
      const preview = { type: 'questions' as const, questions: [question] }
      request(store, 'AskUserQuestion', ask('c1', { label: 'Which?', preview }))
      const decision = await store.when(decisionOn('c1'))
      say(store, 'assistant', 'a1', decision.allow ? 'answered' : decision.reason)
      finish(store, done)
    })
    expect(await run('text', session)).to.deep.equal({
      code: 0,
      out: `${requiresApproval(QUESTION_HINT)}\n`,
      error: `${callDenied('AskUserQuestion', 'Which?', QUESTION_HINT)}\n`,
    })
  })

  it('prints approvals and denials as events', async () => {
    const session = sessionOf(async (store) => {
      const rule = 'Bash(npm test:*)'
      const because = 'Rule Bash(npm test:*)'
      const allow = { decision: 'allow', rule, source: 'flag', because, part: null } as const
      request(store, 'Bash', ask('c1', { verdict: allow }))
      request(store, 'Bash', ask('c2'))
      await store.when(decisionOn('c2'))
      say(store, 'assistant', 'a1', 'ok')
      finish(store, done)
    })
    const { out } = await run('stream-json', session)
    const way = 'To allow it: --allowedTools "Bash(npm test:*)", or --yolo'
    expect(
      lines(out).filter((line) => /approval"|denial"/.test(JSON.stringify(line))),
    ).to.deep.equal([
      {
        type: 'auto_approval',
        tool_name: 'Bash',
        tool_call_id: 'c1',
        reason: 'Rule Bash(npm test:*)',
        matched_rule: 'Bash(npm test:*)',
      },
      {
        type: 'denial',
        tool_name: 'Bash',
        tool_call_id: 'c2',
        reason: `Tool requires approval (headless mode). ${way}`,
        matched_rule: null,
      },
    ])
  })

  it('denies pending calls of an earlier session before it sends the prompt', async () => {
    const store = createStore(emptySession('/p', 0), reduceSession)
    const session: HeadlessSession = {
      store,
      opened: Promise.resolve(),
      turns: {
        cancel: () => undefined,
        send(text) {
          store.dispatch({ type: 'message.queued', id: 'u1', text })
          void (async () => {
            store.dispatch({ type: 'turn.started', turnId: 't0', at: 0 })
            request(store, 'Bash', ask('c0'))
            await store.when(decisionOn('c0'))
            say(store, 'assistant', 'a0', 'I see.')
            finish(store, done)
            store.dispatch({ type: 'turn.started', turnId: 't1', at: 0 })
            store.dispatch({ type: 'message.sent', id: 'u1', text, at: 0 })
            say(store, 'assistant', 'a1', 'Hello.')
            finish(store, done)
          })()
        },
      },
    }
    expect(await run('text', session)).to.deep.equal({
      code: 0,
      out: 'Hello.\n',
      error: `${callDenied('Bash', 'npm test', LEFT_PENDING_HINT)}\n`,
    })
  })

  it('ends with 1 and the reason when the turn fails', async () => {
    const outcome = {
      type: 'failed',
      message: 'The model is away.',
      hint: 'Send again.',
      stop: 'llm_api_error',
    } as const
    const failing = (): HeadlessSession => sessionOf((store) => finish(store, outcome))
    expect(await run('text', failing())).to.deep.equal({
      code: 1,
      out: '',
      error: 'The model is away.\n  Send again.\n',
    })
    const { out } = await run('json', failing())
    expect(JSON.parse(out)).to.deep.include({
      subtype: 'error',
      is_error: true,
      result: 'The model is away.',
    })
    const streamed = await run('stream-json', failing())
    expect(streamed.code).to.equal(1)
    expect(lines(streamed.out)[1]).to.deep.equal({
      type: 'error',
      message: 'The model is away.',
      hint: 'Send again.',
      stop_reason: 'llm_api_error',
    })
  })

  it('writes what is typed in a shell in place of references in errors', async () => {
    const outcome = {
      type: 'failed',
      message: `No key: ${commandReference('account.choose')}.`,
      hint: keyReference('app.back'),
      stop: 'llm_api_error',
    } as const
    const failing = (): HeadlessSession => sessionOf((store) => finish(store, outcome))
    const streamed = lines((await run('stream-json', failing())).out)
    expect(streamed[1]).to.deep.include({ message: 'No key: account.choose.', hint: 'app.back' })
    expect(streamed.at(-1)).to.deep.include({ result: 'No key: account.choose.' })
    expect((await run('text', failing())).error).to.equal('No key: account.choose.\n  app.back\n')
  })

  it('ends with 1 when no agent can be opened', async () => {
    const opened = Promise.reject(new UserError('No server.', { hint: 'Start it.\nOr another.' }))
    expect(
      await run(
        'text',
        sessionOf(() => undefined, opened),
      ),
    ).to.deep.equal({
      code: 1,
      out: '',
      error: 'No server.\n  Start it.\n  Or another.\n',
    })
  })

  it('reports an empty answer', async () => {
    const silent = (): HeadlessSession => sessionOf((store) => finish(store, done))
    expect(await run('text', silent())).to.deep.equal({
      code: 1,
      out: '',
      error: 'No assistant response found\n',
    })
    const { code, out } = await run('json', silent())
    expect(code).to.equal(0)
    expect(JSON.parse(out)).to.deep.include({
      subtype: 'success',
      is_error: true,
      result: 'No assistant response found',
    })
  })

  it('cancels the turn when interrupted, with a result and exit code 130', async () => {
    const abort = new AbortController()
    const session = sessionOf((store) => {
      say(store, 'assistant', 'a1', 'Half an ans')
      abort.abort()
    })
    const { code, out } = await run('json', session, abort.signal)
    expect(code).to.equal(130)
    expect(JSON.parse(out)).to.deep.include({ subtype: 'cancelled', result: 'Half an ans' })
  })

  it('does not wait for a server when interrupted before the agent is open', async () => {
    const never = new Promise<void>(() => undefined)
    const session = sessionOf(() => undefined, never)
    expect((await run('text', session, AbortSignal.abort())).code).to.equal(130)
  })

  it('prints no control characters of the agent to the terminal', async () => {
    const session = (): HeadlessSession =>
      sessionOf((store) => {
        say(store, 'assistant', 'a1', 'a\u001b]0;x\u0007b\u009bc\td\ne')
        finish(store, done)
      })
    expect((await run('text', session())).out).to.equal('a]0;xbc\td\ne\n')
    const { out } = await run('stream-json', session())
    expect(out).to.not.match(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/)
    expect(lines(out)[1]).to.include({ content: 'a\u001b]0;x\u0007b\u009bc\td\ne' })
  })
})

/** The modules that a module loads, at once or later, relative to the repository. */
function modulesOf(file: string, found = new Set<string>()): ReadonlySet<string> {
  const name = path.relative(path.join(import.meta.dirname, '../..'), file)
  if (found.has(name)) return found
  found.add(name)
  const source = readFileSync(file, 'utf8')
  for (const [, imported = ''] of source.matchAll(LOADED)) {
    modulesOf(path.join(path.dirname(file), imported), found)
  }
  return found
}

const LOADED = /(?:^(?:import|export)(?! type)[^']*?(?: from )?|import\()'(\.[^']+\.ts)'/gm
