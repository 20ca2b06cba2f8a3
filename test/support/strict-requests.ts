// What the strictest servers of each dialect refuse in a request. Sources: the errors that OpenAI, Anthropic, Google, Mistral and
// the chat templates of llama.cpp and vLLM report.
import { isRecord, type JsonObject } from '../../lib/util/is-record.ts'
import type { RecordedRequest } from './model-endpoint.ts'

/** The faults of a recorded request, by the rules of the dialect of its path; none when a strict server would accept it. */
export function faultsOfRequest({ path, body }: RecordedRequest): readonly string[] {
  const faults = createFaults()
  if (/[\ud800-\udfff]/u.test(textsOf(body).join(''))) faults.add('half of a character')
  if (path.endsWith('/chat/completions')) checkChat(body, faults)
  else if (path.endsWith('/messages')) checkMessages(body, faults)
  else if (path.endsWith('/responses')) checkResponses(body, faults)
  else checkGenerateContent(body, faults)
  return faults.list
}

interface Faults {
  readonly list: string[]
  add(fault: string): void
  /** Adds the fault unless the condition holds. */
  expect(condition: boolean, fault: string): void
}

function createFaults(): Faults {
  const list: string[] = []
  const add = (fault: string): void => void list.push(fault)
  return { list, add, expect: (condition, fault) => void (condition || add(fault)) }
}

function textsOf(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value]
  if (Array.isArray(value)) return value.flatMap(textsOf)
  return isRecord(value) ? Object.entries(value).flat().flatMap(textsOf) : []
}

function rowsOf(value: unknown): readonly JsonObject[] {
  return Array.isArray(value) ? value.filter(isRecord) : []
}

const isText = (value: unknown): value is string => typeof value === 'string' && value.trim() !== ''
const isToolName = (value: unknown): boolean =>
  typeof value === 'string' && /^[a-zA-Z0-9_-]{1,64}$/.test(value)
const isGoogleName = (value: unknown): boolean =>
  typeof value === 'string' && /^[a-zA-Z_][a-zA-Z0-9_.:-]{0,63}$/.test(value)
const isImage = (type: unknown, data: unknown): boolean =>
  /^image\/(png|jpeg|gif|webp)$/.test(String(type)) &&
  typeof data === 'string' &&
  /^[A-Za-z0-9+/]+=*$/.test(data)

function isObjectText(text: unknown): boolean {
  try {
    return typeof text === 'string' && isRecord(JSON.parse(text))
  } catch {
    return false
  }
}

/** The results that must follow, and whether each comes once. */
function createOpenCalls(faults: Faults) {
  let open = new Set<string>()
  return {
    open(ids: readonly string[]) {
      open = new Set(ids)
      faults.expect(open.size === ids.length, 'the same id twice in an answer')
    },
    answer: (id: string) => faults.expect(open.delete(id), `a result without a call: ${id}`),
    close: () => faults.expect(open.size === 0, `calls without a result: ${[...open]}`),
  }
}

const isTurn = (role: unknown): boolean => role === 'user' || role === 'assistant'

function checkAlternation(roles: readonly unknown[], faults: Faults): void {
  faults.expect(roles[0] === 'user', `the first role is ${roles[0]}`)
  const last = roles.at(-1)
  faults.expect(last === 'user' || last === 'tool', `the last role is ${last}`)
  roles.forEach((role, index) => {
    if (isTurn(role)) faults.expect(role !== roles[index - 1], `two of ${role} at ${index}`)
  })
}

function checkTools(
  tools: readonly JsonObject[],
  isName: typeof isToolName,
  schemaName: string,
  faults: Faults,
): void {
  const names = tools.map((tool) => tool['name'])
  faults.expect(new Set(names).size === names.length, 'two tools of one name')
  for (const tool of tools) {
    faults.expect(isName(tool['name']), `the tool name ${tool['name']}`)
    const schema = tool[schemaName]
    // Google has no schema for a tool without parameters.
    faults.expect(schema === undefined || Object(schema).type === 'object', 'an odd tool schema')
  }
}

function checkChat(body: JsonObject, faults: Faults): void {
  const [first, ...others] = rowsOf(body['messages'])
  const rest = first?.['role'] === 'system' ? others : [first ?? {}, ...others]
  checkAlternation(
    rest.map(({ role }) => role),
    faults,
  )
  const calls = createOpenCalls(faults)
  for (const message of rest) {
    if (message['role'] !== 'tool') calls.close()
    if (message['role'] === 'user') checkChatContent(message['content'], faults)
    else if (message['role'] === 'assistant') calls.open(checkChatAnswer(message, faults))
    else if (message['role'] === 'tool') {
      faults.expect(isText(message['content']), 'an empty result')
      calls.answer(String(message['tool_call_id']))
    } else faults.add(`the role ${message['role']}`)
  }
  calls.close()
  const tools = rowsOf(body['tools']).map((tool) => Object(tool['function']))
  faults.expect(body['tools'] === undefined || tools.length > 0, 'an empty list of tools')
  checkTools(tools, isToolName, 'parameters', faults)
}

function checkChatContent(content: unknown, faults: Faults): void {
  const parts = typeof content === 'string' ? [{ type: 'text', text: content }] : rowsOf(content)
  faults.expect(parts.length > 0, 'a message without parts')
  for (const part of parts) {
    const [, type, data] = /^data:([^;]*);base64,(.*)$/.exec(Object(part['image_url']).url) ?? []
    const isValid = part['type'] === 'text' ? isText(part['text']) : isImage(type, data)
    faults.expect(isValid, `an odd part: ${JSON.stringify(part).slice(0, 80)}`)
  }
}

function checkChatAnswer(message: JsonObject, faults: Faults): readonly string[] {
  const calls = rowsOf(message['tool_calls'])
  const { content } = message
  faults.expect(isText(content) || calls.length > 0, 'an empty answer')
  faults.expect(content === null || typeof content === 'string', 'an answer in parts')
  faults.expect(message['tool_calls'] === undefined || calls.length > 0, 'an empty list of calls')
  return calls.map((call) => {
    const { name, arguments: args } = Object(call['function'])
    faults.expect(isToolName(name), `the name of a call: ${name}`)
    faults.expect(isObjectText(args), `arguments: ${args}`)
    faults.expect(isText(call['id']), 'a call without id')
    return String(call['id'])
  })
}

function checkMessages(body: JsonObject, faults: Faults): void {
  const messages = rowsOf(body['messages'])
  checkAlternation(
    messages.map(({ role }) => role),
    faults,
  )
  faults.expect(Number(body['max_tokens']) > 0, 'no output limit')
  for (const block of rowsOf(body['system'])) faults.expect(isText(block['text']), 'empty system')
  const marks = (JSON.stringify(body).match(/"cache_control"/g) ?? []).length
  faults.expect(marks <= 4, `${marks} cache marks`)
  const seen = new Set<string>()
  const calls = createOpenCalls(faults)
  for (const { role, content } of messages) {
    const blocks = rowsOf(content)
    faults.expect(blocks.length > 0, 'a message without blocks')
    const used: string[] = []
    let hasOther = false
    for (const block of blocks) {
      checkBlock(block, String(role), faults)
      if (block['type'] === 'tool_result') {
        faults.expect(!hasOther, 'a result after other blocks')
        calls.answer(String(block['tool_use_id']))
      } else hasOther = true
      if (block['type'] !== 'tool_use') continue
      const id = String(block['id'])
      faults.expect(!seen.has(id), 'the same id twice in a conversation')
      seen.add(id)
      used.push(id)
    }
    calls.close()
    calls.open(used)
  }
  calls.close()
  checkTools(rowsOf(body['tools']), isToolName, 'input_schema', faults)
  faults.expect(seen.size === 0 || body['tools'] !== undefined, 'calls without tools')
}

function checkBlock(block: JsonObject, role: string, faults: Faults): void {
  const source = Object(block['source'])
  const kinds: Readonly<Record<string, readonly [role: string, isValid: () => boolean]>> = {
    image: ['user', () => isImage(source.media_type, source.data)],
    tool_result: ['user', () => textsOf(block['content']).every(isText)],
    thinking: ['assistant', () => isText(block['signature'])],
    redacted_thinking: ['assistant', () => isText(block['data'])],
    tool_use: [
      'assistant',
      () =>
        isToolName(block['name']) &&
        isRecord(block['input']) &&
        /^[a-zA-Z0-9_-]+$/.test(String(block['id'])),
    ],
  }
  const text = [role, () => isText(block['text'])] as const
  const [owner, isValid = () => false] =
    block['type'] === 'text' ? text : (kinds[String(block['type'])] ?? [])
  faults.expect(owner === role && isValid(), `an odd block: ${JSON.stringify(block).slice(0, 120)}`)
}

function checkResponses(body: JsonObject, faults: Faults): void {
  const items = rowsOf(body['input'])
  const open = new Set<string>()
  for (const [index, item] of items.entries()) {
    switch (item['type'] ?? 'message') {
      case 'message':
        checkResponsesMessage(item, faults)
        break
      case 'function_call': {
        const id = String(item['call_id'])
        faults.expect(/^.{1,64}$/.test(id), `the call id ${id}`)
        faults.expect(isToolName(item['name']), `the name of a call: ${item['name']}`)
        faults.expect(isObjectText(item['arguments']), `arguments: ${item['arguments']}`)
        faults.expect(!open.has(id), 'the same call twice')
        open.add(id)
        break
      }
      case 'function_call_output':
        faults.expect(open.delete(String(item['call_id'])), 'a result without a call')
        faults.expect(textsOf(item['output']).some(isText), 'an empty result')
        break
      case 'reasoning': {
        faults.expect(isText(item['encrypted_content']), 'reasoning without its content')
        const next = items[index + 1]
        const isFollowed = ['reasoning', 'function_call'].includes(String(next?.['type']))
        faults.expect(isFollowed || next?.['role'] === 'assistant', 'reasoning without an answer')
        break
      }
      default:
        faults.add(`the item ${item['type']}`)
    }
    faults.expect(
      item['id'] === undefined || item['type'] === 'reasoning',
      'an id that is not stored',
    )
  }
  faults.expect(open.size === 0, `calls without a result: ${[...open]}`)
  checkTools(rowsOf(body['tools']), isToolName, 'parameters', faults)
}

function checkResponsesMessage(item: JsonObject, faults: Faults): void {
  const types: Readonly<Record<string, readonly string[]>> = {
    user: ['input_text', 'input_image'],
    assistant: ['output_text'],
    system: ['input_text'],
    developer: ['input_text'],
  }
  const accepted = types[String(item['role'])]
  faults.expect(accepted !== undefined, `the role ${item['role']}`)
  const { content } = item
  const only = { type: accepted?.[0], text: content }
  const parts = typeof content === 'string' ? [only] : rowsOf(content)
  faults.expect(parts.length > 0, 'a message without parts')
  for (const part of parts) {
    faults.expect(accepted?.includes(String(part['type'])) === true, `the part ${part['type']}`)
    if (part['type'] !== 'input_image') faults.expect(isText(part['text']), 'an empty text')
  }
}

function checkGenerateContent(body: JsonObject, faults: Faults): void {
  const contents = rowsOf(body['contents'])
  // Images of results follow these, in another message of the user.
  const roles = contents.map(({ role, parts }) =>
    role === 'model' ? 'assistant' : 'functionResponse' in Object(rowsOf(parts)[0]) ? 'tool' : role,
  )
  checkAlternation(roles, faults)
  let called: readonly string[] = []
  for (const { parts } of contents) {
    const rows = rowsOf(parts)
    faults.expect(rows.length > 0, 'a content without parts')
    for (const part of rows) checkGooglePart(part, faults)
    const responses = rows.flatMap((part) => Object(part['functionResponse']).name ?? [])
    const isMatching = JSON.stringify(responses) === JSON.stringify(called)
    faults.expect(isMatching, `results of ${responses} for calls of ${called}`)
    called = rows.flatMap((part) => Object(part['functionCall']).name ?? [])
  }
  faults.expect(called.length === 0, 'calls without a result')
  const tools = rowsOf(body['tools']).flatMap((tool) => rowsOf(tool['functionDeclarations']))
  checkTools(tools, isGoogleName, 'parameters', faults)
}

function checkGooglePart(part: JsonObject, faults: Faults): void {
  const { functionCall, functionResponse, inlineData } = part
  const call = Object(functionCall ?? functionResponse)
  const data = Object(inlineData)
  const isValid =
    'text' in part
      ? isText(part['text'])
      : functionCall !== undefined
        ? isGoogleName(call.name) && isRecord(call.args)
        : functionResponse !== undefined
          ? isGoogleName(call.name) && isRecord(call.response)
          : isImage(data.mimeType, data.data)
  faults.expect(isValid, `an odd part: ${JSON.stringify(part).slice(0, 120)}`)
  const signature = part['thoughtSignature']
  // A signature is bytes, which JSON carries as base64.
  const isBytes = signature === undefined || /^[A-Za-z0-9+/_-]+=*$/.test(String(signature))
  faults.expect(isBytes, `the signature ${signature}`)
}
