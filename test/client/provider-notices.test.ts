import { expect } from 'chai'
import { withProviderErrors } from '../../lib/client/provider-notices.ts'
import type { ModelFacts } from '../../lib/server/providers/provider.ts'
import { scriptedProvider } from '../support/scripted-provider.ts'

describe('a vendor that has no model to give', () => {
  /** What is told when its list is asked for twice. */
  const told = async (list: () => Promise<readonly ModelFacts[]>): Promise<readonly string[]> => {
    const notices: string[] = []
    const asked = { ...scriptedProvider(), title: 'Vendor', listModels: list }
    const provider = withProviderErrors(asked, (notice) => notices.push(notice))
    for (let round = 0; round < 2; round++) {
      await provider.listModels(new AbortController().signal).catch(() => [])
    }
    return notices
  }
  const next = 'Another key or address: /connect, or letta connect.'

  it('is named once, when its list is empty', async () => {
    expect(await told(async () => [])).to.deep.equal([`Vendor names no model to talk to. ${next}`])
  })

  it('is named once, when it does not answer', async () => {
    const silent = (): Promise<never> =>
      Promise.reject(new DOMException('The operation timed out', 'TimeoutError'))
    expect(await told(silent)).to.deep.equal([
      `Vendor did not answer in time when asked for its models. ${next}`,
    ])
  })
})
