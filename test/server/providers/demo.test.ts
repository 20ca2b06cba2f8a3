import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { createDemoProvider } from '../../../lib/server/providers/demo.ts'
import { demoProject } from '../../../lib/server/providers/demo-project.ts'
import type { ModelCall, ModelMessage, ModelTool } from '../../../lib/server/providers/provider.ts'
import { never, partsOf, requestOf } from './requests.ts'

const named = (name: string): ModelTool => ({ name, description: '', parameters: {} })
const allTools = ['Read', 'Edit', 'Bash', 'memory_insert'].map(named)
const user = (text: string): ModelMessage => ({ role: 'user', content: [{ type: 'text', text }] })

type Answer = (call: ModelCall) => { readonly text: string; readonly isError: boolean }

/** Plays until the demo calls no more tools. Returns all messages. */
async function play(
  answer: Answer,
  tools: readonly ModelTool[] = allTools,
  messages: ModelMessage[] = [user('Hi')],
): Promise<ModelMessage[]> {
  for (;;) {
    const said = await speak(messages, tools)
    messages.push(said)
    if (said.calls.length === 0) return messages
    for (const call of said.calls) {
      messages.push({ role: 'tool', callId: call.callId, name: call.name, ...answer(call) })
    }
  }
}

async function speak(messages: readonly ModelMessage[], tools: readonly ModelTool[]) {
  const parts = await partsOf(createDemoProvider({ delayMs: 0 }), requestOf({ messages, tools }))
  const text = parts.map((part) => (part.type === 'text' ? part.delta : '')).join('')
  const args = parts.map((part) => (part.type === 'callDelta' ? part.args : '')).join('')
  const start = parts.find((part) => part.type === 'callStart')
  const calls = start === undefined ? [] : [{ callId: start.callId, name: start.name, args }]
  return { role: 'assistant' as const, reasoning: [], text, calls }
}

function calledTools(messages: readonly ModelMessage[]): readonly string[] {
  return messages.flatMap((message) =>
    message.role === 'assistant' ? message.calls.map((call) => call.name) : [],
  )
}

function spoken(messages: readonly ModelMessage[]): readonly string[] {
  return messages.flatMap((message) => (message.role === 'assistant' ? [message.text] : []))
}

const succeed: Answer = () => ({ text: 'ok', isError: false })

describe('The demo model', () => {
  it('states in its title and its first words that it is not an AI', async () => {
    const provider = createDemoProvider({ delayMs: 0 })
    expect(provider.title).to.equal('Demo — not an AI')
    const [first] = spoken(await play(succeed))
    expect(first?.startsWith('**demo — not an AI**')).to.equal(true)
    expect(first).to.contain('```sh')
    const models = await provider.listModels(never)
    expect(models.map((model) => [model.handle, model.name])).to.deep.equal([
      ['demo/tour', 'Demo tour — not an AI'],
    ])
  })

  it('reads, edits, runs and remembers in this order', async () => {
    expect(calledTools(await play(succeed))).to.deep.equal([
      'Read',
      'Read',
      'Edit',
      'Bash',
      'memory_insert',
    ])
  })

  it('ends with the three ways to set up a real model', async () => {
    const last = spoken(await play(succeed)).at(-1)
    for (const word of ['ANTHROPIC_API_KEY', 'OPENAI_API_KEY', 'Ollama', 'LETTA_API_KEY']) {
      expect(last).to.contain(word)
    }
  })

  it('works on its temporary project', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'letta-demo-'))
    try {
      for (const path of ['README.md', 'greeting.mjs']) {
        writeFileSync(join(directory, path), demoProject[path] ?? '')
      }
      const perform: Answer = ({ name, args }) => {
        const given = JSON.parse(args)
        if (name === 'Bash') {
          const text = execFileSync('/bin/sh', ['-c', given.command], { cwd: directory })
          return { text: text.toString(), isError: false }
        }
        if (name === 'memory_insert') return { text: 'ok', isError: false }
        const file = join(directory, given.file_path)
        const before = readFileSync(file, 'utf8')
        if (name === 'Edit') {
          expect(before.split(given.old_string)).to.have.length(2)
          writeFileSync(file, before.replace(given.old_string, given.new_string))
        }
        return { text: before, isError: false }
      }
      const texts = spoken(await play(perform))
      expect(texts.find((text) => text.includes('It printed'))).to.contain(
        'Hello and welcome, Ada!',
      )
    } finally {
      rmSync(directory, { recursive: true })
    }
  })

  it('answers a denial without a reason, whichever text stands for that', async () => {
    for (const reason of ['None', 'The user said no.']) {
      const refuse: Answer = ({ name }) => {
        const message = `Error: request to call tool denied. User reason: ${reason}`
        const text = JSON.stringify({ status: 'Failed', message })
        return name === 'Edit' ? { text, isError: true } : { text: 'ok', isError: false }
      }
      const texts = spoken(await play(refuse))
      expect(texts.some((text) => text.startsWith('You denied it. The file'))).to.equal(true)
    }
  })

  it('answers a denial with its reason', async () => {
    const refuse: Answer = ({ name }) =>
      name === 'Edit'
        ? {
            text: '{"status":"Failed","message":"Error: request to call tool denied. User reason: leave it"}',
            isError: true,
          }
        : { text: 'ok', isError: false }
    const texts = spoken(await play(refuse))
    expect(
      texts.some((text) => text.startsWith('You denied it: “leave it”. The file is unchanged.')),
    ).to.equal(true)
  })

  it('reports a tool that failed, and continues', async () => {
    const fail: Answer = () => ({ text: 'disk on fire', isError: true })
    const messages = await play(fail)
    expect(calledTools(messages)).to.have.length(5)
    expect(spoken(messages)[3]).to.match(/^The edit was approved, but it failed: disk on/)
  })

  it('skips the stops whose tools the agent lacks', async () => {
    const tools = [named('memory_insert')]
    const messages = await play(succeed, tools)
    expect(calledTools(messages)).to.deep.equal(['memory_insert'])
    expect(spoken(messages)[0]?.startsWith('**demo — not an AI**')).to.equal(true)
    const [alone] = spoken(await play(succeed, []))
    expect(alone).to.match(/^\*\*demo — not an AI\*\* · I have no tools here/)
  })

  it('continues after an interruption, stops after the end, and restarts on request', async () => {
    const begun: ModelMessage[] = [user('Hi')]
    const first = await speak(begun, allTools)
    begun.push(
      first,
      { role: 'tool', callId: first.calls[0]?.callId ?? '', name: 'Read', text: '', isError: true },
      user('and now?'),
    )
    const messages = await play(succeed, allTools, begun)
    expect(calledTools(messages)).to.have.length(5)
    messages.push(user('thanks'))
    const after = await speak(messages, allTools)
    expect(after.calls).to.deep.equal([])
    expect(after.text).to.match(/^\*\*demo — not an AI\*\* · The demo is over/)
    messages.push(after, user('Show it again'))
    const twice = calledTools(await play(succeed, allTools, messages))
    expect(twice).to.have.length(10)
  })

  it('answers the same request with the same parts', async () => {
    const provider = createDemoProvider({ delayMs: 0 })
    const request = requestOf({ tools: allTools })
    expect(await partsOf(provider, request)).to.deep.equal(await partsOf(provider, request))
  })

  it('stops when it is aborted', async () => {
    const abort = new AbortController()
    const parts = createDemoProvider().stream(requestOf({ tools: allTools }), abort.signal)
    const reading = parts[Symbol.asyncIterator]()
    await reading.next()
    abort.abort()
    const thrown = await reading.next().catch((error: unknown) => error)
    expect(thrown).to.equal(abort.signal.reason)
  })
})
