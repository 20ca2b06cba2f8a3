/** How to get a model, for someone who has none: said by the workbench, by `letta -p` and by the demo. */
export const modelSetupHints: readonly { readonly title: string; readonly how: string }[] = [
  {
    title: 'A key of a model vendor',
    how: '/connect here or letta connect in the shell keeps one; or export ANTHROPIC_API_KEY=…, GEMINI_API_KEY=… or OPENAI_API_KEY=… (with OPENAI_BASE_URL: any OpenAI-compatible endpoint)',
  },
  {
    title: 'A model on this machine',
    how: 'start Ollama, LM Studio, llama.cpp or vLLM on its usual port; it is found by itself',
  },
  {
    title: 'A Letta server',
    how: 'export LETTA_API_KEY=… (Letta Cloud) or LETTA_BASE_URL=http://… (your own)',
  },
]
