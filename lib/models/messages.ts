import { commandReference } from '../util/references.ts'

/** How to set up a model, for a user who has none: shown by the workbench, by headless mode and by the demo. */
export const modelSetupHints: readonly { readonly title: string; readonly how: string }[] = [
  {
    title: 'Provider API key',
    how: `${commandReference('account.choose')} verifies and saves it; or export ANTHROPIC_API_KEY=…, GEMINI_API_KEY=… or OPENAI_API_KEY=… (with OPENAI_BASE_URL: any OpenAI-compatible endpoint)`,
  },
  {
    title: 'Model on this machine',
    how: 'start Ollama, LM Studio, llama.cpp or vLLM on its default port; it is detected automatically',
  },
  {
    title: 'Letta server',
    how: 'export LETTA_API_KEY=… (Letta Cloud) or LETTA_BASE_URL=http://… (self-hosted)',
  },
]
