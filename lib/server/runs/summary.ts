import type { Provider } from '../providers/provider.ts'
import { ProviderError } from '../providers/provider.ts'
import type { AgentRecord, MessageRecord } from '../records.ts'
import { toCharacters } from './context-size.ts'
import { callModel } from './model-call.ts'

export interface SummaryRequest {
  readonly provider: Provider
  /** The model's id at its vendor. */
  readonly model: string
  readonly agent: AgentRecord
  readonly evicted: readonly MessageRecord[]
  /** Instructions in place of ours. */
  readonly prompt: string
  readonly clipCharacters: number | null
}

/** What the model says of the messages that leave its sight. */
export async function summarize(request: SummaryRequest, signal: AbortSignal): Promise<string> {
  const { provider, model, agent, evicted, prompt, clipCharacters } = request
  const budget = toCharacters(agent.contextWindow * TRANSCRIPT_SHARE)
  const text = `<transcript>\n${transcript(evicted, budget)}\n</transcript>\n\nWrite the summary.`
  const parts = callModel(
    provider,
    {
      model,
      messages: [
        { role: 'system', text: prompt },
        { role: 'user', content: [{ type: 'text', text }] },
      ],
      tools: [],
      parallelToolCalls: false,
      maxOutputTokens: agent.maxOutputTokens,
      temperature: agent.temperature,
      reasoningEffort: agent.reasoningEffort,
    },
    signal,
  )
  let summary = ''
  for await (const part of parts) if (part.type === 'text') summary += part.delta
  signal.throwIfAborted()
  if (summary.trim() === '') throw new ProviderError('server', 'The summary came back empty.')
  return clipCharacters === null ? summary.trim() : summary.trim().slice(0, clipCharacters)
}

/** Of the window: instructions and summary need room too. */
const TRANSCRIPT_SHARE = 0.7
/** Characters of one message, fewer until all fit. */
const CLIP_CHARACTERS = [20_000, 4000, 1000, 300]

function transcript(records: readonly MessageRecord[], budget: number): string {
  for (const max of CLIP_CHARACTERS) {
    const text = records.flatMap((record) => formatRecord(record, max)).join('\n')
    if (text.length <= budget) return text
  }
  const text = records
    .flatMap((record) => formatRecord(record, CLIP_CHARACTERS.at(-1) ?? 0))
    .join('\n')
  return `[…]\n${text.slice(-budget)}`
}

function formatRecord({ body }: MessageRecord, max: number): readonly string[] {
  switch (body.role) {
    case 'user': {
      const parts = body.content.map((part) => (part.type === 'text' ? part.text : '[picture]'))
      return [`[user] ${clip(parts.join(''), max)}`]
    }
    case 'summary':
      return [`[earlier summary] ${clip(body.summary, max * 2)}`]
    case 'tool':
      return [`[result of ${body.name}, ${body.status}] ${clip(body.text, max)}`]
    case 'assistant':
      return [
        ...(body.text === '' ? [] : [`[assistant] ${clip(body.text, max)}`]),
        ...body.calls.map((call) => `[assistant calls ${call.name}] ${clip(call.args, max)}`),
      ]
  }
}

/** Both ends say more than the middle. */
function clip(text: string, max: number): string {
  if (text.length <= max) return text
  const half = Math.floor(max / 2)
  return `${text.slice(0, half)} […] ${text.slice(-half)}`
}

const SECTIONS = `Cover, each under its own heading:
1. Goals: what the user wants in the end and what they asked for last, in their words where it matters. Carry over what an earlier summary says of it.
2. What happened: what was tried and done, in order, with its outcome. Condense an earlier summary; do not drop it.
3. Details to keep: files, code, commands, settings, names, decisions. Copy paths, URLs, issue numbers and other identifiers to the letter.
4. Errors: what went wrong, how it was mended, and what the user said about it.`

const HINTS = `Hints for searching: for what is too long to repeat here, words by which it can be found again in the message history.

Write in the first person, as a plain record of facts. Give the summary and nothing else.`

/** For the oldest messages, with newer ones left standing behind the summary. */
export const SLIDING_PROMPT = `The transcript below is about to leave the beginning of your context window. Write the summary that will stand in its place, in front of the newer messages, so that these make sense and no work is done twice.

${SECTIONS}
5. ${HINTS} Keep it under 300 words.`

/** For the whole conversation. */
export const FULL_PROMPT = `The transcript below is your whole conversation so far, which is about to leave your context window. Write the summary from which you will go on working, with nothing else to remember it by.

${SECTIONS}
5. State: what you were doing at the very end, in detail, with the files and code it is about.
6. Next step: only if one follows from what the user asked for last; quote the words that say so.
7. ${HINTS} Keep it under 500 words.`
