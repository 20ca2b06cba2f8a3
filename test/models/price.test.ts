import { expect } from 'chai'
import { costOf } from '../../lib/models/price.ts'

const MILLION = 1_000_000
const tokens = (promptTokens: number, completionTokens: number, cachedTokens = 0) => ({
  promptTokens,
  completionTokens,
  cachedTokens,
  steps: 100,
})

describe('The price of tokens', () => {
  it('is that of the list, in dollars', () => {
    expect(costOf('openai/gpt-5', tokens(MILLION, MILLION))).to.equal(11.25)
    expect(costOf('anthropic/claude-sonnet-4-5-20250929', tokens(MILLION, MILLION))).to.equal(18)
  })

  it('is lower for what the provider had cached, and higher for what it has to cache', () => {
    expect(costOf('openai/gpt-5', tokens(MILLION, 0, MILLION))).to.equal(0.125)
    const written = { ...tokens(MILLION, 0), cacheWriteTokens: MILLION }
    expect(costOf('anthropic/claude-opus-4-1', written)).to.equal(18.75)
  })

  it('rises with long prompts where the provider says so', () => {
    const long = { ...tokens(MILLION, 0), steps: 1 }
    expect(costOf('google_ai/gemini-2.5-pro', long)).to.equal(2.5)
    expect(costOf('google_ai/gemini-2.5-pro', tokens(MILLION, 0))).to.equal(1.25)
  })

  it('is that of the maker at OpenRouter', () => {
    const direct = costOf('anthropic/claude-sonnet-4.5', tokens(MILLION, 0))
    expect(costOf('openrouter/anthropic/claude-sonnet-4.5', tokens(MILLION, 0))).to.equal(direct)
  })

  it('is unknown for models that are not listed, such as local ones', () => {
    expect(costOf('ollama/llama3', tokens(1, 1))).to.equal(null)
    expect(costOf('openai/scripted', tokens(1, 1))).to.equal(null)
  })
})
