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

export const windowTooSmall = (model: string, tokens: number): string =>
  `${model} has a context window of ${tokens.toLocaleString('en-US')} tokens, which a few steps fill.`

/** For a window of less tokens than `SMALL_WINDOW`. */
export const WIDEN_WINDOW =
  'Give it 16,000 or more: OLLAMA_CONTEXT_LENGTH or num_ctx (Ollama), --ctx-size (llama.cpp), the settings of the model (LM Studio).'
