import type { OpenAICompatibleProvider } from '@ai-sdk/openai-compatible'

// The AI SDK's own types live in a package that we don't depend on; they are read off a function here.
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

/** The nested metadata that a vendor hangs on parts: vendor → name → value. */
export type SdkMetadata = Readonly<Record<string, Readonly<Record<string, unknown>>>>
