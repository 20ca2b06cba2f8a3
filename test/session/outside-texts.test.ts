import { expect } from 'chai'
import { outsideTexts, userTexts } from '../../lib/session/outside-texts.ts'
import type { Entry } from '../../lib/session/state/entry.ts'
import { emptySession } from '../../lib/session/state/session-state.ts'

let number = 0
const user = (text: string) => ({ type: 'user', id: `${number++}`, text }) as unknown as Entry
const answer = (text: string): Entry => ({ type: 'assistant', id: `${number++}`, text })
const read = (text: string) =>
  ({
    type: 'tool',
    id: `${number++}`,
    call: { tool: 'Read', label: 'a.md', phase: { type: 'finished', text } },
  }) as unknown as Entry
const state = (settled: readonly Entry[], current: readonly Entry[] = []) => {
  return { ...emptySession('/project', 0), settled, current }
}
const texts = (...given: Parameters<typeof state>) =>
  outsideTexts(state(...given)).map(({ text }) => text)

describe('The texts from outside of a turn', () => {
  it('are all that its tools have read, also before the agent wrote a text', () => {
    const turn = [user('go'), read('one'), answer('Now I know.'), read('two')]
    const earlier = [user('before'), read('old'), answer('Done.')]
    expect(texts(earlier, turn)).to.deep.equal(['one', 'two'])
    expect(texts([...earlier, ...turn])).to.deep.equal(['one', 'two'])
    expect(userTexts(state([...earlier, ...turn]))).to.deep.equal(['go'])
  })

  it('are none of earlier turns', () => {
    expect(texts([user('before'), read('old'), answer('Done.')], [user('go')])).to.deep.equal([])
  })
})
