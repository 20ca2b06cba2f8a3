// An agent with 100,000 messages and 500 conversations compared with a new one: npm run build && npx tsx test/bench/conversations.ts
import path from 'node:path'
import { newId } from '../../lib/server/ids.ts'
import { openStorage } from '../../lib/server/storage/storage.ts'
import { DEFAULT_CONVERSATION } from '../../lib/util/thread.ts'
import { type ProgramFixture, setUpProgram } from '../support/program.ts'
import { openDesk } from '../support/session.ts'

const ROUNDS = 9
const MESSAGES = 100_000
const CONVERSATIONS = 500
const SIZE = { columns: 120, rows: 40, built: true }
const LAST = 'The last answer of the conversation.'

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN

async function timed(work: () => Promise<unknown>): Promise<number> {
  const begun = performance.now()
  await work()
  return performance.now() - begun
}

/** Half of the messages are in the first conversation, the others in the further ones. The window has the newest 100. */
function fill(home: string): void {
  const storage = openStorage(path.join(home, '.letta/letta.db'))
  const [agent] = storage.agents.list({
    name: null,
    text: null,
    tags: [],
    matchAllTags: false,
    ascending: true,
    after: null,
    before: null,
    limit: 1,
    accepts: () => true,
    sortKey: ({ createdAt }) => createdAt,
  })
  const agentId = agent?.id ?? ''
  let index = 0
  const append = (conversationId: string): void => {
    const at = new Date(Date.UTC(2026, 0, 1) + index++ * 1000).toISOString()
    const text = `Message ${index} of a long life. ${'More words of it. '.repeat(10)}`
    const body =
      index % 2 === 1
        ? { role: 'user' as const, content: [{ type: 'text' as const, text }], otid: null }
        : {
            role: 'assistant' as const,
            reasoning: [],
            text,
            calls: [],
            partial: false,
            model: 'openai/scripted',
          }
    const ids = { id: newId('message'), runId: newId('run'), stepId: null }
    storage.messages.append({ agentId, conversationId, ...ids, createdAt: at, body })
  }
  storage.transaction(() => {
    for (let number = 0; number < CONVERSATIONS; number++) {
      const id = newId('conv')
      const at = new Date(Date.UTC(2026, 0, 2) + number * 60_000).toISOString()
      storage.conversations.insert({
        id,
        agentId,
        summary: `Task ${number}`,
        model: null,
        modelSettings: null,
        isolatedBlockIds: [],
        compiledSystem: null,
        createdAt: at,
        updatedAt: at,
        lastMessageAt: at,
      })
      for (let one = 0; one < MESSAGES / 2 / CONVERSATIONS; one++) append(id)
    }
    for (let one = 0; one < MESSAGES / 2; one++) {
      append(DEFAULT_CONVERSATION)
      if (one === MESSAGES / 2 - 100) {
        storage.messages.forget({ agentId, conversationId: DEFAULT_CONVERSATION })
      }
    }
  })
  storage.close()
}

async function desk(isFilled: boolean): Promise<ProgramFixture> {
  const made = await setUpProgram([{ sticky: true, text: LAST }])
  await made.runs(['-p', 'hi'], { built: true })
  if (isFilled) fill(made.home)
  await made.runs(['-p', 'hi again'], { built: true })
  return made
}

const desks = [await desk(false), await desk(true)] as const
const times = { paint: [[], []], open: [[], []], page: [[], []] } as Record<string, number[][]>
for (let round = 0; round <= ROUNDS; round++) {
  for (const [index, one] of desks.entries()) {
    const begun = performance.now()
    const workbench = one.opens(SIZE)
    await workbench.sees('Message')
    const paint = performance.now() - begun
    await workbench.sees(LAST)
    const open = performance.now() - begun
    await workbench.sees('ready')
    const page = await timed(() => workbench.presses('alt+6').sees(index === 0 ? '▾' : 'Task 499'))
    await workbench.quits()
    // The first start fills the cache of compiled code.
    if (round === 0) continue
    times['paint']?.[index]?.push(paint)
    times['open']?.[index]?.push(open)
    times['page']?.[index]?.push(page)
  }
}
for (const one of desks) await one.clear()

const list: number[] = []
const session = await openDesk([{ text: LAST }])
await session.session.opened
await session.says('hi')
fill(session.home)
for (let round = 0; round < 30; round++) {
  list.push(await timed(() => session.session.conversations.listAll()))
}
await session.close()

const row = (name: string, values: readonly number[][]): string => {
  const [few, many] = values.map(median)
  return `${name.padEnd(34)}${few?.toFixed(0).padStart(7)}${many?.toFixed(0).padStart(7)} ms ${((many ?? 0) / (few ?? 1)).toFixed(2).padStart(6)}×`
}
process.stdout.write(
  `${[
    row('first paint', times['paint'] ?? []),
    row('the last message is on the screen', times['open'] ?? []),
    row('the page of conversations', times['page'] ?? []),
    `list of ${CONVERSATIONS} conversations: ${median(list).toFixed(1)} ms, slowest of ${list.length} ${Math.max(...list).toFixed(1)} ms`,
  ].join('\n')}\n`,
)
