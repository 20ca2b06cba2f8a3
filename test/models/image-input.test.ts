import { expect } from 'chai'
import { readsTextOnly } from '../../lib/models/image-input.ts'

describe('A model that is known to read text only', () => {
  it('is named by its handle', () => {
    for (const handle of [
      'openai/gpt-3.5-turbo',
      'openai/o3-mini',
      'deepseek/deepseek-chat',
      'ollama/llama3.1:8b',
      'ollama/qwen2.5-coder:7b',
      'groq/openai/gpt-oss-120b',
    ]) {
      expect(readsTextOnly(handle), handle).to.equal(true)
    }
  })

  it('is no model of which nothing is known, and none that reads images', () => {
    for (const handle of [
      'openai/gpt-4o',
      'openai/gpt-4.1',
      'anthropic/claude-sonnet-4-5',
      'ollama/llama3.2-vision',
      'ollama/qwen2.5vl:7b',
      'ollama/qwen3-vl:8b',
      'google/gemini-2.5-flash',
      'openai/scripted',
    ]) {
      expect(readsTextOnly(handle), handle).to.equal(false)
    }
  })
})
