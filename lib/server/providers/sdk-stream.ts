import type { OpenAICompatibleProvider } from '@ai-sdk/openai-compatible'

// The AI SDK's types are in a package that is not a dependency, so they are inferred from a function.
export type SdkModel = ReturnType<OpenAICompatibleProvider['chatModel']>
export type SdkCall = Parameters<SdkModel['doStream']>[0]
export type SdkMessage = SdkCall['prompt'][number]
export type SdkOptions = NonNullable<SdkCall['providerOptions']>
export type SdkReasoning = Extract<
  Extract<SdkMessage, { role: 'assistant' }>['content'][number],
  { type: 'reasoning' }
>
export type SdkPart =
  Awaited<ReturnType<SdkModel['doStream']>>['stream'] extends ReadableStream<infer Part>
    ? Part
    : never

/** The metadata of a part: provider → name → value. */
export type SdkMetadata = Readonly<Record<string, Readonly<Record<string, unknown>>>>
