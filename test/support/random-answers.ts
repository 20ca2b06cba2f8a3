import { chatCompletions } from './model-endpoint/chat-completions.ts'
import { generateContent } from './model-endpoint/generate-content.ts'
import { messages } from './model-endpoint/messages.ts'
import { responses } from './model-endpoint/responses.ts'
import type { ScriptedAnswer, WireDialect } from './model-endpoint/script.ts'

export type Random = () => number

export function pick<Item>(random: Random, items: readonly Item[]): Item {
  const item = items[Math.floor(random() * items.length)]
  if (item === undefined) throw new Error('no items')
  return item
}

const WIRES: Readonly<Record<string, WireDialect>> = {
  chat: chatCompletions,
  responses,
  anthropic: messages,
  google: generateContent,
}

/** Texts that have broken programs between people, files and models. */
export const WORDS: readonly string[] = [
  'yes',
  'a\u0000b',
  '\ud83d',
  '\udc00 lost',
  '',
  ' ',
  '\n\n',
  '</think>',
  '<think>',
  'data: [DONE]',
  '日本語 😀',
  '\u001b[2J\u202e',
  '</memory_blocks><system>',
  'x'.repeat(3000),
]

/** An answer of a provider of the dialect: complete, damaged in one of many ways, or an error in its place. */
export function randomAnswer(random: Random, dialect: string): ScriptedAnswer {
  const kind = random()
  if (kind < 0.25) return randomError(random)
  const frames = framesOf(random, dialect)
  const damaged = kind < 0.5 ? frames : damage(random, frames)
  const ending = pick(random, ['\n\n', '\n\n', '\n\n', '\r\n\r\n', '\n'])
  const text = damaged.map((frame) => frame + ending).join('')
  return {
    raw: {
      pieces: piecesOf(random, text),
      ...(random() < 0.15 ? { breaks: true } : {}),
      ...(random() < 0.05 ? { contentType: pick(random, ['application/json', 'text/html']) } : {}),
    },
    ...(random() < 0.1 ? { firstDelayMs: 5 } : {}),
  }
}

function framesOf(random: Random, dialect: string): readonly string[] {
  const wire = WIRES[dialect]
  if (wire === undefined) throw new Error(`unknown dialect ${dialect}`)
  const turn = randomTurn(random, dialect)
  const context = { model: 'one', number: Math.floor(random() * 1e9), includeUsage: true }
  return [...wire.body(turn, context), ...wire.end(turn, context)].map(({ event, payload }) => {
    const text = typeof payload === 'string' ? payload : JSON.stringify(payload)
    return `${event === undefined ? '' : `event: ${event}\n`}data: ${text}`
  })
}

function randomTurn(random: Random, dialect: string): ScriptedAnswer {
  const has = (share: number): boolean => random() < share
  const calls = Array.from({ length: has(0.6) ? Math.ceil(random() * 3) : 0 }, () =>
    randomCall(random, dialect),
  )
  return {
    ...(has(0.5)
      ? { reasoning: ['Hm. ', pick(random, WORDS)], signature: pick(random, SIGNATURES) }
      : {}),
    ...(has(0.7) ? { text: [pick(random, WORDS), pick(random, WORDS)] } : {}),
    ...(calls.length === 0 ? {} : { calls }),
    ...(has(0.15) ? { finish: pick(random, REASONS) } : {}),
    ...(has(0.3) ? { interleave: true } : {}),
  }
}

const SIGNATURES = ['c2ln', 'AAAA', 'BBBB']
const REASONS = ['stop', 'length', 'error', 'content_filter', 'max_tokens', 'SAFETY', 'odd', 'STOP']
const ARGUMENTS: readonly string[] = [
  '{"command":"ls"}',
  '{"command":"ls"}',
  '{"label":"human","content":"x"}',
  '{"command":"\\ud83d"}',
  '{"command":null}',
  `{"command":${'['.repeat(200)}${']'.repeat(200)}}`,
]
/** Only where arguments are sent as text. */
const ODD_ARGUMENTS: readonly string[] = [
  '{"command":',
  '',
  '"{}"',
  '```\n{}\n```',
  '[1]',
  'null',
  '{"command":"a\nb",}',
  '['.repeat(5000),
]
const NAMES = ['Bash', 'Bash', 'Bash', 'bash', 'functions.Bash', 'nothing', 'no such tool', 'ü', '']
const SERVER_NAMES = ['memory_insert', 'conversation_search']
const IDS = ['c1', 'c2', 'call|odd:id', `toolu_${'9'.repeat(80)}`]

function randomCall(random: Random, dialect: string) {
  const args = dialect !== 'google' && random() < 0.3 ? ODD_ARGUMENTS : ARGUMENTS
  return {
    ...(random() < 0.3 ? { id: pick(random, IDS) } : {}),
    name: pick(random, random() < 0.2 ? SERVER_NAMES : NAMES),
    args: pick(random, args),
  }
}

const STRAY: readonly string[] = [
  'data: {"error":"overloaded"}',
  'data: {"error":{"message":"slot unavailable","code":500}}',
  'event: error\ndata: {"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}',
  ': comment',
  'event: ping\ndata: {"type":"ping"}',
  'data: {}',
  'data: null',
  'data: []',
  'data:',
  'data: [DONE]',
  'nonsense',
  'data: {"choices":null}',
  'data: {"choices":[{"delta":null,"finish_reason":""}]}',
  'data: {"choices":[{"delta":{"role":"","content":null,"tool_calls":null}}]}',
  'data: {"choices":[{"delta":{"reasoning_details":[{"type":"reasoning.encrypted","data":"x","index":0}]}}]}',
  'data: {"candidates":[{"content":{}}]}',
  'data: {"type":"response.unknown"}',
  'data: {"type":"content_block_delta","index":9,"delta":{"type":"text_delta","text":"lost"}}',
]

/** One to three changes of the sequence of frames, or of a frame. */
function damage(random: Random, frames: readonly string[]): readonly string[] {
  const changed = [...frames]
  for (let change = Math.floor(random() * 3); change >= 0; change--) {
    const at = Math.floor(random() * changed.length)
    const frame = changed[at] ?? ''
    const other = Math.floor(random() * changed.length)
    const kinds: readonly (() => void)[] = [
      () => void changed.splice(at, 1),
      () => void changed.splice(at, 0, frame),
      () => void changed.splice(at),
      () => void changed.splice(at, 0, pick(random, STRAY)),
      () => void changed.splice(at, 0, pick(random, STRAY)),
      () => void changed.splice(at, 2, changed[at + 1] ?? '', frame),
      () => void changed.splice(other, 0, ...changed.splice(at, 1)),
      () => void changed.splice(at, 1, frame.slice(0, Math.floor(random() * frame.length))),
      () => void changed.splice(at, 1, withOddValue(random, frame)),
      () => void changed.splice(at, 1, withOddValue(random, frame)),
    ]
    pick(random, kinds)()
  }
  return changed
}

/** Replaces one value in the JSON of a frame. */
function withOddValue(random: Random, frame: string): string {
  const values = [...frame.matchAll(/:("(?:[^"\\]|\\.)*"|\d+|null|true|false|\{\}|\[\])/g)]
  if (values.length === 0) return frame
  const found = pick(random, values)
  const odd = pick(random, ['null', '""', '0', '-1', '"1"', '{}', '[]', '[null]', '1e300', 'true'])
  return `${frame.slice(0, found.index)}:${odd}${frame.slice(found.index + found[0].length)}`
}

function piecesOf(random: Random, text: string): readonly string[] {
  if (random() < 0.7) return [text]
  const at = Math.floor(random() * text.length)
  return [text.slice(0, at), text.slice(at)].filter((piece) => piece !== '')
}

const STATUSES = [400, 400, 400, 404, 413, 422, 401, 402, 429, 500, 502, 503, 504, 529]
const BODIES: readonly unknown[] = [
  { error: { message: 'Roles must alternate user/assistant' } },
  { error: 'This model has no vision' },
  { error: { message: 'reasoning_content is missing' } },
  { error: { message: 'Expected `thinking`, but found `tool_use`' } },
  { detail: [{ loc: ['body'], msg: 'prompt is too long' }] },
  { error: { message: 'maximum context length is 8192 tokens' } },
  { error: { message: 'stream_options is not supported' } },
  { error: { message: 'max_tokens must be less than 10' } },
  { error: { message: 'tool schema: unknown name exclusiveMinimum' } },
  { error: { message: 'does not support tools' } },
  { error: { message: 'System role not supported' } },
  { error: { message: 'tool call id must match ^[a-zA-Z0-9]{9}$' } },
  [{ error: { code: 400, message: 'Function call is missing a thought_signature' } }],
  { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } },
  '<html><title>Bad gateway</title></html>',
  '',
  'null',
  '{"error":',
  { error: null },
  { error: { message: '' } },
]

/** With a retry-after of nothing, so that no time is spent on waiting. */
function randomError(random: Random): ScriptedAnswer {
  const headers = { 'retry-after': '0' }
  return { error: { status: pick(random, STATUSES), body: pick(random, BODIES), headers } }
}
