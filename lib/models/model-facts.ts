import { readsTextOnly } from './image-input.ts'
import { listPrice } from './price.ts'

/** What is known of a model by its name, for a person who chooses one. */
export interface KnownModelFacts {
  /** US dollars for a million tokens, by the list prices; null when it is unknown. */
  readonly price: { readonly input: number; readonly output: number } | null
  /** False when it is known to read text only. */
  readonly readsImages: boolean
  /** Known to reason, so that an effort has an effect. */
  readonly reasons: boolean
  /** False when it is known to call no tools, so that an agent cannot work with it. */
  readonly callsTools: boolean
  /** It runs on a machine of the user. */
  readonly isLocal: boolean
}

const REASONING =
  /(^|[/:])(o[1-9]|gpt-5|gpt-oss|claude-(3-7|3\.7|sonnet-[4-9]|opus-[4-9]|haiku-[4-9])|gemini-(2\.5|[3-9])|deepseek-(r\d|reasoner)|qwq|qwen-?3|magistral|grok-[34]|glm-4\.[5-9]|kimi-k2-thinking|minimax-m)|thinking/i

/** Of others the provider decides. */
const WITHOUT_TOOLS =
  /(^|[/:])(o1-mini|o1-preview|gpt-3\.5-turbo-instruct|claude-(2|instant)|gemma-?[23]|codellama|llama-?2|phi-?3|starcoder|llava|deepseek-coder|tinyllama|vicuna)|embed|whisper|tts|moderation|dall-e/i

const LOCAL_PROVIDERS = new Set(['ollama', 'lmstudio', 'llamacpp', 'vllm', 'sglang'])

export function modelFacts(handle: string): KnownModelFacts {
  return {
    price: listPrice(handle),
    readsImages: !readsTextOnly(handle),
    reasons: REASONING.test(handle),
    callsTools: !WITHOUT_TOOLS.test(handle),
    isLocal: LOCAL_PROVIDERS.has(handle.split('/')[0] ?? ''),
  }
}

/** In tokens. The system prompt, the memory and the tools need about 3,000 of them (docs/getting-started.md). */
const SMALL_WINDOW = 16_000

/** Whether an agent with this context window forgets soon. Unknown windows are not. */
export function isSmallWindow(tokens: number | null): tokens is number {
  return tokens !== null && tokens < SMALL_WINDOW
}
