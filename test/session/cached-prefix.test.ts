import { expect } from 'chai'
import { openDesk } from '../support/session.ts'

const TURNS = 30
const ANSWER = 'The layout is a pure function of the state. '.repeat(12)
const MEMORY = {
  name: 'memory_insert',
  args: { label: 'human', new_string: 'Prefers two spaces.' },
}

/** The share of all prompts of a session that a provider has seen as the beginning of the prompt before. */
async function cachedShare(changesMemory: boolean): Promise<number> {
  const answers = Array.from({ length: TURNS }, (_, turn) => {
    const isChange = changesMemory && turn % 10 === 9
    return isChange ? [{ calls: [MEMORY] }, { text: ANSWER }] : [{ text: ANSWER }]
  }).flat()
  const desk = await openDesk(answers, {
    options: { mode: 'bypassPermissions', surroundings: true },
  })
  await desk.session.opened
  for (let turn = 0; turn < TURNS; turn++) await desk.says(`Question ${turn}: what is a layout?`)
  const prompts = desk.endpoint.requests.map(({ body }) =>
    JSON.stringify([body['tools'], ...(body.messages ?? [])]).slice(0, -1),
  )
  await desk.close()
  const sum = (numbers: readonly number[]): number => numbers.reduce((all, one) => all + one, 0)
  const cached = prompts.map((prompt, at) => commonPrefix(prompts[at - 1] ?? '', prompt))
  return sum(cached) / sum(prompts.map((prompt) => prompt.length))
}

function commonPrefix(one: string, other: string): number {
  let length = 0
  while (length < one.length && one[length] === other[length]) length++
  return length
}

describe('The prompts of a session of 30 turns', () => {
  it('repeat the one before, so that a provider finds almost all of them in its cache', async () => {
    expect(await cachedShare(false)).to.be.within(0.95, 1)
  })

  it('are written to the cache again from the system prompt on only when memory changes', async () => {
    expect(await cachedShare(true)).to.be.within(0.9, 0.94)
  })
})
