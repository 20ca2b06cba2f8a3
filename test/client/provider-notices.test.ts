import { expect } from 'chai'
import {
  providerHasNoModels,
  providerTimedOut,
  providerWarning,
} from '../../lib/client/messages.ts'
import { withProviderErrors } from '../../lib/client/provider-notices.ts'
import { type ModelFacts, ProviderError } from '../../lib/server/providers/provider.ts'
import { scriptedProvider } from '../support/scripted-provider.ts'

type ListModels = () => Promise<readonly ModelFacts[]>

describe('The notices about a provider', () => {
  /** What is reported when the models are listed once by each of `lists`. */
  const notices = async (...lists: readonly ListModels[]): Promise<readonly string[]> => {
    const reported: string[] = []
    let round = 0
    const listModels: ListModels = () => (lists[round++] ?? (async () => []))()
    const asked = { ...scriptedProvider(), title: 'Provider', listModels }
    const provider = withProviderErrors(asked, (notice) => reported.push(notice))
    for (const _ of lists) await provider.listModels(new AbortController().signal).catch(() => [])
    return reported
  }
  const none: ListModels = async () => []
  const late: ListModels = () => Promise.reject(new DOMException('timed out', 'TimeoutError'))
  const rejects: ListModels = () =>
    Promise.reject(new ProviderError('authentication', 'Key rejected.'))
  const bug: ListModels = () => Promise.reject(new TypeError('undefined is not a function'))

  it('report an empty list of models once in a row', async () => {
    const expected = providerWarning(providerHasNoModels('Provider'))
    expect(await notices(none, none)).to.deep.equal([expected])
  })

  it('report a timeout once in a row', async () => {
    expect(await notices(late, late)).to.deep.equal([providerWarning(providerTimedOut('Provider'))])
  })

  it('report what the provider said of a rejected request', async () => {
    expect(await notices(rejects)).to.deep.equal([providerWarning('Key rejected.')])
  })

  it('report the same problem again after another one', async () => {
    expect(await notices(late, none, late)).to.have.lengthOf(3)
  })

  it('say nothing about an internal error', async () => {
    expect(await notices(bug)).to.deep.equal([])
  })
})
