import { expect } from 'chai'
import { effortOf, withEffort } from '../../lib/client/gateway/effort.ts'

const OPENAI = { provider_type: 'openai', temperature: 0.5 }
const ANTHROPIC = { provider_type: 'anthropic', temperature: 0.5 }

describe('The reasoning effort of an agent', () => {
  it('is read where the settings of its provider have it, or else from its model', () => {
    expect(effortOf({ model_settings: { reasoning: { reasoning_effort: 'low' } } })).to.equal('low')
    expect(effortOf({ model_settings: { effort: 'high' } })).to.equal('high')
    expect(effortOf({ model_settings: { thinking: { type: 'disabled' } } })).to.equal('none')
    expect(effortOf({ llm_config: { reasoning_effort: 'medium' } })).to.equal('medium')
    expect(effortOf({ llm_config: null, model_settings: { effort: 'extreme' } })).to.equal(null)
  })

  it('is written in the form of its provider, with the other settings as they were', () => {
    expect(withEffort({ model_settings: OPENAI }, 'high')).to.deep.equal({
      ...OPENAI,
      reasoning: { reasoning_effort: 'high' },
    })
    expect(withEffort({ model_settings: ANTHROPIC }, 'low')).to.deep.include({
      ...ANTHROPIC,
      effort: 'low',
    })
    expect(withEffort({ model_settings: ANTHROPIC }, 'none')).to.deep.include({
      thinking: { type: 'disabled' },
    })
  })

  it('is left to the provider again by an explicit null', () => {
    const [openai, anthropic] = [OPENAI, ANTHROPIC].map((model_settings) =>
      withEffort({ model_settings }, null),
    )
    expect(openai).to.deep.include({ reasoning: { reasoning_effort: null } })
    expect(anthropic).to.deep.include({ effort: null })
  })
})
