import { EXTRACT_NOTE } from '../messages/prompts.ts'
import { EMPTY_SUMMARY } from '../messages/providers.ts'
import type { Provider } from '../providers/provider.ts'
import { ProviderError } from '../providers/provider.ts'
import type { AgentRecord, MessageRecord } from '../records.ts'
import { toCharacters } from './context-size.ts'
import { callModel } from './model-call.ts'

interface SummaryRequest {
  readonly provider: Provider
  /** The model's id at its provider. */
  readonly model: string
  readonly agent: AgentRecord
  readonly evicted: readonly MessageRecord[]
  /** The instructions for the summary. */
  readonly prompt: string
  readonly clipCharacters: number | null
}

/** Asks the model for a summary of the messages that are removed from the prompt. */
export async function summarize(request: SummaryRequest, signal: AbortSignal): Promise<string> {
  for (const share of TRANSCRIPT_SHARES) {
    try {
      return await summarizeWithin(request, share, signal)
    } catch (thrown) {
      // The actual window may be smaller than the agent's.
      const isLast = share === TRANSCRIPT_SHARES.at(-1)
      if (isLast || !(thrown instanceof ProviderError) || thrown.type !== 'overflow') throw thrown
    }
  }
  throw new ProviderError('server', EMPTY_SUMMARY)
}

/** What takes the place of a summary that the model cannot write: the messages, cut as short as a summary. */
export function extractSummary(evicted: readonly MessageRecord[]): string {
  return `${EXTRACT_NOTE}\n${transcript(evicted, EXTRACT_CHARACTERS)}`
}

const EXTRACT_CHARACTERS = 6_000

async function summarizeWithin(
  request: SummaryRequest,
  share: number,
  signal: AbortSignal,
): Promise<string> {
  const { provider, model, agent, evicted, prompt, clipCharacters } = request
  const budget = toCharacters(agent.contextWindow * share)
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
  if (summary.trim() === '') throw new ProviderError('server', EMPTY_SUMMARY)
  return clipCharacters === null ? summary.trim() : summary.trim().slice(0, clipCharacters)
}

/** Shares of the context window, the second and third after an overflow; instructions and summary need room too. */
const TRANSCRIPT_SHARES = [0.7, 0.2, 0.05]
/** Maximum characters of one message, tried in this order until the transcript fits. */
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
      const parts = body.content.map((part) =>
        part.type === 'text' ? part.text.replace(REMINDER, '') : '[image]',
      )
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

/** What a client puts before a message is sent again after a compaction. */
const REMINDER = /^<system-reminder>\n[\s\S]*?\n<\/system-reminder>\s*/

/** Keeps both ends, which say more than the middle. */
function clip(text: string, max: number): string {
  if (text.length <= max) return text
  const half = Math.floor(max / 2)
  return `${text.slice(0, half)} […] ${text.slice(-half)}`
}
