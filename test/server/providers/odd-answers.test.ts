import { expect } from 'chai'
import {
  NO_ANSWER_IN_BODY,
  NO_FINISH_REASON,
  unusableAnswer,
  webPageAnswered,
} from '../../../lib/server/messages/providers.ts'
import { providersFromEnvironment } from '../../../lib/server/providers/index.ts'
import type { ModelPart, Provider } from '../../../lib/server/providers/provider.ts'
import { type SkippedEvent, skippedEvents } from '../../../lib/server/providers/skipped-events.ts'
import type { ModelEndpoint, ScriptedAnswer } from '../../support/model-endpoint.ts'
import { startModelEndpoint } from '../../support/model-endpoint.ts'
import { endOf, failureOf, only, partsOf, readTool, requestOf } from './requests.ts'

type Raw = NonNullable<ScriptedAnswer['raw']>
type Choice = Readonly<Record<string, unknown>>

const event = (value: unknown): string => `data: ${JSON.stringify(value)}\n\n`
const chunk = (delta: unknown, choice: Choice = {}, more: Choice = {}): string =>
  event({ id: 'x', choices: [{ index: 0, delta, ...choice }], ...more })
const stop = chunk({}, { finish_reason: 'stop' })
const called = chunk({}, { finish_reason: 'tool_calls' })
const done = 'data: [DONE]\n\n'
const good = [chunk({ content: 'Good ' }), chunk({ content: 'day' }), stop, done]
/** The member of OpenAI in which a model declines. */
const DECLINED = 'refusal'
const pieces = (...parts: readonly string[]): Raw => ({ pieces: parts })
const bytes = (...parts: readonly string[]): Raw => ({
  pieces: Array.from(Buffer.from(parts.join('')), (byte) => Buffer.of(byte)),
})

describe('An answer in an unusual format', () => {
  let endpoint: ModelEndpoint
  let provider: Provider

  beforeEach(async () => {
    endpoint = await startModelEndpoint()
    provider = only(providersFromEnvironment({ OPENAI_BASE_URL: endpoint.url }))
  })
  afterEach(() => endpoint.close())

  const answerTo = async (raw: Raw): Promise<readonly ModelPart[]> => {
    endpoint.setTurns([{ raw }])
    return partsOf(provider, requestOf({ tools: [readTool] }))
  }
  const said = (parts: readonly ModelPart[], type: 'text' | 'reasoning'): string =>
    parts.flatMap((part) => (part.type === type ? part.delta : [])).join('')

  const readable: Readonly<Record<string, Raw>> = {
    'without [DONE]': pieces(...good.slice(0, 3)),
    'without a finish reason before [DONE]': pieces(good.slice(0, 2).join(''), done),
    'with an empty finish reason in each chunk': pieces(
      chunk({ content: 'Good day' }, { finish_reason: '' }),
      stop,
    ),
    'with the finish reason of another maker': pieces(
      chunk({ content: 'Good day' }),
      chunk({}, { finish_reason: 'end_turn' }),
    ),
    'with an empty role': pieces(chunk({ role: '', content: 'Good day' }), stop, done),
    'with an unknown role': pieces(chunk({ role: 'model', content: 'Good day' }), stop, done),
    'with null for choices': pieces(...good.slice(0, 3), event({ choices: null, usage: {} }), done),
    'without choices in a chunk': pieces(event({ model: 'x' }), ...good),
    'with a delta that is null at the end': pieces(
      chunk({ content: 'Good day' }),
      chunk(null, { finish_reason: 'stop' }),
    ),
    'with null for everything else': pieces(
      chunk({ content: 'Good day', tool_calls: null, [DECLINED]: null, reasoning_content: null }),
      stop,
    ),
    'with token counts as text': pieces(
      ...good.slice(0, 2),
      chunk(
        {},
        { finish_reason: 'stop' },
        { usage: { prompt_tokens: '10', completion_tokens: '2' } },
      ),
    ),
    'with token counts below zero': pieces(
      ...good.slice(0, 3),
      event({ choices: [], usage: { prompt_tokens: -1, completion_tokens: 2.5 } }),
    ),
    'with parts for text': pieces(chunk({ content: [{ type: 'text', text: 'Good day' }] }), stop),
    'with a message in place of a delta': pieces(
      event({ choices: [{ index: 0, message: { content: 'Good day' }, finish_reason: 'stop' }] }),
    ),
    'with the text of a completion': pieces(
      event({ choices: [{ text: 'Good day', finish_reason: 'stop' }] }),
    ),
    'with a second choice': pieces(
      chunk({ content: 'Good day' }),
      chunk({ content: 'Bad day' }, { index: 1 }),
      stop,
    ),
    'with pings': pieces(
      'event: ping\ndata: {}\n\n',
      good[0] ?? '',
      event({ type: 'ping' }),
      ...good.slice(1),
    ),
    'with empty data': pieces('data:\n\n', good[0] ?? '', 'data: \n\n', ...good.slice(1)),
    'with comments': pieces(': PROCESSING\n\n', ...good),
    'with a chunk that is no JSON': pieces('data: {"choices":[{"del\n\n', ...good),
    'with a chunk that is a number': pieces('data: 7\n\n', ...good),
    'with names, ids and retries': pieces('event: message\nid: 1\nretry: 10\n', ...good),
    'without spaces': pieces(good.join('').replaceAll('data: ', 'data:')),
    'with line endings of Windows': pieces(good.join('').replaceAll('\n', '\r\n')),
    'with line endings of old Macs': pieces(good.join('').replaceAll('\n', '\r')),
    'without blank lines': pieces(good.join('').replaceAll('\n\n', '\n')),
    'with a byte order mark': pieces('\ufeff', ...good),
    'in lines of JSON': {
      pieces: [good.slice(0, 3).join('').replaceAll('data: ', '').replaceAll('\n\n', '\n')],
      contentType: 'application/x-ndjson',
    },
    'of the type of JSON': { pieces: good, contentType: 'application/json' },
    'byte by byte': pieces(...good.join('')),
    'that is not streamed': {
      pieces: [
        JSON.stringify({ choices: [{ message: { content: 'Good day' }, finish_reason: 'stop' }] }),
      ],
      contentType: 'application/json',
    },
    'on a connection that stays open after [DONE]': { pieces: good, isOpen: true },
    'on a connection that stays open after the finish reason': {
      pieces: good.slice(0, 3),
      isOpen: true,
    },
  }
  for (const [what, raw] of Object.entries(readable)) {
    it(`is read ${what}`, async () => {
      const parts = await answerTo(raw)
      expect(said(parts, 'text')).to.equal('Good day')
      expect(parts.at(-1)).to.deep.include({ type: 'finish', reason: 'stop' })
    })
  }

  it('is complete when each byte arrives separately, also within characters', async () => {
    const text = '本番リリース（PR #447）😀 é'
    const parts = await answerTo(bytes(chunk({ content: text }), stop, done))
    expect(said(parts, 'text')).to.equal(text)
  })

  it('counts the tokens that are given as text, and no others', async () => {
    const usage = { prompt_tokens: '10', completion_tokens: -2, total_tokens: 'many' }
    const parts = await answerTo(
      pieces(...good.slice(0, 2), chunk({}, { finish_reason: 'stop' }, { usage })),
    )
    expect(parts.at(-1))
      .to.have.property('usage')
      .that.includes({ promptTokens: 10, completionTokens: 0 })
  })

  const reasoned: Readonly<Record<string, readonly string[]>> = {
    'in reasoning_content': [chunk({ reasoning_content: 'Hm' }), chunk({ content: 'Hi' })],
    'in reasoning': [chunk({ reasoning: 'Hm' }), chunk({ content: 'Hi' })],
    'in reasoning_details': [
      chunk({ reasoning_details: [{ type: 'reasoning.text', text: 'Hm' }] }),
      chunk({ content: 'Hi' }),
    ],
    'in parts': [
      chunk({ content: [{ type: 'thinking', thinking: [{ type: 'text', text: 'Hm' }] }] }),
      chunk({ content: 'Hi' }),
    ],
    'in tags': [chunk({ content: '<think>Hm</think>\n\nHi' })],
    'in tags that come in pieces': [...'<think>Hm</think>\n\nHi'].map((one) =>
      chunk({ content: one }),
    ),
  }
  for (const [where, chunks] of Object.entries(reasoned)) {
    it(`contains reasoning ${where}`, async () => {
      const parts = await answerTo(pieces(...chunks, stop))
      expect([said(parts, 'reasoning'), said(parts, 'text')]).to.deep.equal(['Hm', 'Hi'])
    })
  }

  it('is reasoning up to a closing tag without an opening one', async () => {
    const parts = await answerTo(
      pieces(chunk({ content: 'Hm' }), chunk({ content: '\n</think>\n\nHi' }), stop),
    )
    const marked = parts.findIndex((part) => part.type === 'textWasReasoning')
    expect(said(parts.slice(0, marked), 'text')).to.equal('Hm')
    expect(said(parts.slice(marked), 'text')).to.equal('Hi')
  })

  it('keeps text about tags as text', async () => {
    const text = 'Use `<think>` and `</think>`, as in <think>a</think>.'
    expect(said(await answerTo(pieces(chunk({ content: text }), stop)), 'text')).to.equal(text)
  })

  const read = (more: object, args: unknown = '{"file_path":"a"}') => ({
    type: 'function',
    function: { name: 'Read', arguments: args },
    ...more,
  })
  const calls: Readonly<Record<string, readonly string[]>> = {
    'without an index': [chunk({ tool_calls: [read({ id: 'c' })] })],
    'without an index, in pieces': [
      chunk({ tool_calls: [read({ id: 'c' }, '')] }),
      chunk({ tool_calls: [{ function: { arguments: '{"file_path"' } }] }),
      chunk({ tool_calls: [{ function: { arguments: ':"a"}' } }] }),
    ],
    'with an index as text': [chunk({ tool_calls: [read({ id: 'c', index: '0' })] })],
    'with an index that begins at 1': [chunk({ tool_calls: [read({ id: 'c', index: 1 })] })],
    'without an id': [chunk({ tool_calls: [read({ index: 0 })] })],
    'with an empty id': [chunk({ tool_calls: [read({ index: 0, id: '' })] })],
    'with null for its type': [chunk({ tool_calls: [read({ index: 0, id: 'c', type: null })] })],
    'with its name in each piece': [
      chunk({ tool_calls: [read({ index: 0, id: 'c' }, '{"file_path"')] }),
      chunk({ tool_calls: [read({ index: 0, id: 'c' }, ':"a"}')] }),
    ],
    'with an empty name later': [
      chunk({ tool_calls: [read({ index: 0, id: 'c' }, '')] }),
      chunk({
        tool_calls: [{ index: 0, id: '', function: { name: '', arguments: '{"file_path":"a"}' } }],
      }),
    ],
    'with its name after its id': [
      chunk({ tool_calls: [{ index: 0, id: 'c', function: { arguments: '' } }] }),
      chunk({ tool_calls: [{ index: 0, function: { name: 'Read' } }] }),
      chunk({ tool_calls: [{ index: 0, function: { arguments: '{"file_path":"a"}' } }] }),
    ],
    'with null for arguments at first': [
      chunk({ tool_calls: [read({ index: 0, id: 'c' }, null)] }),
      chunk({ tool_calls: [{ index: 0, function: { arguments: '{"file_path":"a"}' } }] }),
    ],
    'with an object for arguments': [
      chunk({ tool_calls: [read({ index: 0, id: 'c' }, { file_path: 'a' })] }),
    ],
    'as an object in place of a list': [chunk({ tool_calls: read({ id: 'c' }) })],
    'as a function call': [
      chunk({ function_call: { name: 'Read', arguments: '{"file_path":"a"}' } }),
    ],
    'in a complete message': [
      event({ choices: [{ message: { content: null, tool_calls: [read({ id: 'c' })] } }] }),
    ],
  }
  for (const [how, chunks] of Object.entries(calls)) {
    it(`contains a call ${how}`, async () => {
      for (const end of [called, stop, chunk({}, { finish_reason: 'function_call' })]) {
        const parts = await answerTo(pieces(...chunks, end))
        const args = parts.flatMap((part) => (part.type === 'callDelta' ? part.args : [])).join('')
        expect(
          parts.filter((part) => part.type === 'callStart').map(({ name }) => name),
        ).to.deep.equal(['Read'])
        expect(JSON.parse(args)).to.deep.equal({ file_path: 'a' })
        expect(parts.at(-1)).to.deep.include({ type: 'finish', reason: 'tool-calls' })
      }
    })
  }

  it('contains a call without a finish reason when its arguments are complete', async () => {
    const half = chunk({ tool_calls: [read({ index: 1, id: 'd' }, '{"file_path"')] })
    const complete = chunk({ tool_calls: [read({ index: 0, id: 'c' })] })
    const parts = await answerTo(pieces(complete))
    expect(parts.at(-1)).to.deep.include({ type: 'finish', reason: 'tool-calls' })
    for (const cut of [[complete, half], [half], [chunk({ content: 'Half' })]]) {
      endpoint.setTurns([{ raw: pieces(...cut) }])
      expect(await endOf(provider)).to.equal(NO_FINISH_REASON)
    }
  })

  const twoCalls: Readonly<Record<string, readonly string[]>> = {
    'of the same index': [
      chunk({ tool_calls: [read({ index: 0, id: 'a' })] }),
      chunk({ tool_calls: [read({ index: 0, id: 'b' }, '{"file_path":"b"}')] }),
    ],
    'of the same index, without ids': [
      chunk({ tool_calls: [read({ index: 0 })] }),
      chunk({ tool_calls: [read({ index: 0 }, '{"file_path":"b"}')] }),
    ],
    'of the same index, with empty ids, in pieces': [
      chunk({ tool_calls: [read({ index: 0, id: '' }, '')] }),
      chunk({ tool_calls: [{ index: 0, function: { arguments: '{"file_path":"a"}' } }] }),
      chunk({ tool_calls: [read({ index: 0, id: '' }, '{"file_path":')] }),
      chunk({ tool_calls: [{ index: 0, function: { arguments: '"b"}' } }] }),
    ],
    'of the same id': [
      chunk({ tool_calls: [read({ index: 0, id: 'a' })] }),
      chunk({ tool_calls: [read({ index: 1, id: 'a' }, '{"file_path":"b"}')] }),
    ],
    'without an index': [
      chunk({ tool_calls: [read({ id: 'a' }), read({ id: 'b' }, '{"file_path":"b"}')] }),
    ],
    'without an index and an id': [
      chunk({ tool_calls: [read({})] }),
      chunk({ tool_calls: [read({}, '{"file_path":"b"}')] }),
    ],
  }
  for (const [how, chunks] of Object.entries(twoCalls)) {
    it(`contains two calls ${how}`, async () => {
      const parts = await answerTo(pieces(...chunks, called))
      const ids = parts.flatMap((part) => (part.type === 'callStart' ? part.callId : []))
      expect(new Set(ids).size).to.equal(2)
      const args = ids.map((id) =>
        parts
          .flatMap((part) => (part.type === 'callDelta' && part.callId === id ? part.args : []))
          .join(''),
      )
      expect(args).to.deep.equal(['{"file_path":"a"}', '{"file_path":"b"}'])
    })
  }

  it('shows that a model declines', async () => {
    const parts = await answerTo(pieces(chunk({ content: null, [DECLINED]: 'I will not.' }), stop))
    expect(said(parts, 'text')).to.equal('I will not.')
  })

  it('logs what it leaves out', async () => {
    const skipped: string[] = []
    const log = (one: unknown): void => void skipped.push((one as SkippedEvent).text)
    skippedEvents.subscribe(log)
    try {
      await answerTo(pieces('data: 7\n\n', 'data: {"choices\n\n', ...good))
    } finally {
      skippedEvents.unsubscribe(log)
    }
    expect(skipped).to.deep.equal(['7', '{"choices'])
  })

  it('fails with the finish reason when it did not end well', async () => {
    for (const reason of [
      'error',
      'network_error',
      'content_filter',
      'insufficient_system_resource',
    ]) {
      endpoint.setTurns([
        { raw: pieces(chunk({ content: 'Half' }), chunk({}, { finish_reason: reason }), done) },
      ])
      expect(await endOf(provider)).to.equal(unusableAnswer(reason))
    }
  })

  const failures: Readonly<Record<string, readonly [Raw, string]>> = {
    'in the stream': [
      pieces(event({ error: { message: 'out of memory', code: 500 } })),
      'out of memory',
    ],
    'as text': [pieces(event({ error: 'runner terminated' })), 'runner terminated'],
    'as an event': [pieces('event: error\ndata: {"message":"engine dead"}\n\n'), 'engine dead'],
    'as an event of text': [pieces('event: error\ndata: engine dead\n\n'), 'engine dead'],
    'as a field': [pieces('error: {"code":500,"message":"no slot"}\n\n'), 'no slot'],
    'as an object of the type error': [
      pieces(event({ object: 'error', message: 'too bad' })),
      'too bad',
    ],
    'with the finish reason': [
      pieces(event({ error: { message: 'upstream' }, choices: [{ finish_reason: 'error' }] })),
      'upstream',
    ],
    'as JSON': [
      {
        pieces: ['{"error":{"message":"no such thing","code":400}}'],
        contentType: 'application/json',
      },
      'no such thing',
    ],
    'as JSON on a connection that stays open': [
      { pieces: ['{"error":"no such thing"}'], contentType: 'application/json', isOpen: true },
      'no such thing',
    ],
    'as a web page': [
      { pieces: ['<!doctype html><title>Sign in to Wifi</title>'], contentType: 'text/html' },
      webPageAnswered('Sign in to Wifi'),
    ],
    'as plain text': [
      { pieces: ['no healthy upstream'], contentType: 'text/plain' },
      'no healthy upstream',
    ],
    'as JSON without an answer': [
      { pieces: ['{}'], contentType: 'application/json' },
      NO_ANSWER_IN_BODY,
    ],
    'as the base response of MiniMax': [
      pieces(event({ choices: null, base_resp: { status_code: 1008, status_msg: 'no balance' } })),
      'no balance',
    ],
    'by its end': [pieces(chunk({ content: 'Half' })), NO_FINISH_REASON],
    'by its end in a call': [
      pieces(chunk({ tool_calls: [read({ index: 0, id: 'c' }, '{"file')] })),
      NO_FINISH_REASON,
    ],
  }
  for (const [how, [raw, reason]] of Object.entries(failures)) {
    it(`reports an error ${how} in the words of the server`, async () => {
      endpoint.setTurns([{ raw }])
      expect((await failureOf(provider)).message).to.contain(reason)
    })
  }

  const bodies: Readonly<Record<string, readonly [unknown, string]>> = {
    'text in place of an object': [{ error: 'bad thing' }, 'bad thing'],
    'a list': [[{ error: { code: 400, message: 'bad payload' } }], 'bad payload'],
    'the list of FastAPI': [
      { detail: [{ loc: ['body', 'messages'], msg: 'field required' }] },
      'body.messages: field required',
    ],
    'the text of FastAPI': [{ detail: 'Not this one' }, 'Not this one'],
    'the error of another provider': [
      {
        error: {
          message: 'Provider returned error',
          metadata: { raw: '{"error":{"message":"no tools"}}' },
        },
      },
      'Provider returned error: no tools',
    ],
    'an error in an error': [{ error: { error: { message: 'deep down' } } }, 'deep down'],
    'a message alone': [{ object: 'error', message: 'too much' }, 'too much'],
    'names in upper case': [{ Error: { Code: 7, Message: 'no region' } }, 'no region'],
    'the fault of a gateway': [{ fault: { faultstring: 'quota of the app' } }, 'quota of the app'],
    'nothing but codes': [{ code: 77, model: 'x' }, '{"code":77,"model":"x"}'],
    'plain text': ['upstream timed out', 'upstream timed out'],
    'a web page': ['<html><head><title>413 Too Large</title></head></html>', '413 Too Large'],
  }
  for (const [what, [body, reason]] of Object.entries(bodies)) {
    it(`is refused in the words of the server that sends ${what}`, async () => {
      endpoint.setTurns([{ error: { status: 422, body } }])
      expect((await failureOf(provider)).message).to.match(new RegExp(`: ${reason}$`))
    })
  }
})
