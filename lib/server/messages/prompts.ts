/** What the model reads in place of, or in addition to, what was said. */

// Verbatim: the system prompt as Letta server compiles it.
export const MEMORY_BLOCKS_INTRODUCTION =
  'The following memory blocks are currently engaged in your core memory unit:'
export const recalledMessages = (count: number): string =>
  `- ${count} previous messages between you and the user are stored in recall memory`
export const archivedMemories = (count: number): string =>
  `- ${count} total memories you created are stored in archival memory (use tools to access them)`

// Verbatim: the note before a summary.
export const SUMMARY_FOLLOWS = 'The following is a summary of the previous messages:'
export const ALL_MESSAGES_HIDDEN = `Note: prior messages have been hidden from view due to conversation memory constraints.\n${SUMMARY_FOLLOWS}`
export const OLDEST_MESSAGES_HIDDEN = `Note: prior messages from the beginning of the conversation have been hidden from view due to conversation memory constraints.\n${SUMMARY_FOLLOWS}`
export const messagesHidden = (count: number): string =>
  `Note: ${count} messages from the beginning of the conversation have been hidden from view due to memory constraints.\n${SUMMARY_FOLLOWS}`

// Verbatim: results of calls that did not run.
export const denialResult = (reason: string | null): string =>
  `Error: request to call tool denied. User reason: ${reason ?? 'None'}`
export const RUN_CANCELLED_REASON = 'The user cancelled the request, so the tool call was denied.'

// Texts of the embedded server.
/** After the system prompt, for the run whose request contains the skills: they may be others in the next one. */
export function availableSkills(
  skills: readonly {
    readonly name: string
    readonly description: string
    readonly location: string
  }[],
): string {
  if (skills.length === 0) return ''
  const lines = skills.map(({ name, description, location }) =>
    `- ${name}: ${description}${location === '' ? '' : ` (${location})`}`.trimEnd(),
  )
  return `\n\n<available_skills>\nLoad a skill with the tools of the client before a task that it describes.\n${lines.join('\n')}\n</available_skills>`
}

/** The instructions of an agent that is created without a system prompt. */
export const DEFAULT_INSTRUCTIONS = `You are an assistant with memory that lasts beyond this conversation.

Your memory consists of labelled blocks, which are shown to you below. Use your memory tools to record what will be useful later: facts about the user, decisions, preferences and open tasks. Correct what turns out to be wrong, and do not record what is of no later use.

Earlier messages may be outside your context. Search them when you need something that you cannot see.

Use your tools when they help, then answer the user directly and briefly. Do not claim to have done what you have not done.`

export const RUN_FAILED_REASON = 'The run failed, so the tool call was denied.'
export const INTERRUPTED_REASON =
  'The answer was interrupted before the tool call was complete, so the call did not run.'
export const CLIENT_TOOL = 'This tool runs on the client: the server cannot run it.'
export const CALL_WITHOUT_RESULT = 'Error: the call was cancelled before it ran.'
/** In place of an answer that was never completed, because its run failed or was cancelled. */
export const NO_ANSWER = '(no answer)'
/** In place of what a provider refuses. */
export const imageInWords = (mediaType: string, bytes: number): string =>
  `[An image (${mediaType}, ${Math.ceil(bytes / 1000)} kB) that you cannot see]`
export const callInWords = (tool: string, args: string): string => `[Called ${tool} with ${args}]`
export const resultInWords = (tool: string, text: string): string => `[Result of ${tool}: ${text}]`
export const partCut = (characters: number): string =>
  `[… ${characters} characters are left out here: they do not fit into the context window …]`
/** In place of arguments that no provider can read. */
export const argumentsLeftOut = (characters: number): string =>
  `[arguments of ${characters} characters, too long or nested too deeply to repeat]`
export const EXTRACT_NOTE =
  'The model could not write a summary. This is an extract of the messages.'
export const EMPTY_MESSAGE = '(nothing)'
/** In an answer without reasoning, for a provider that requires some. */
export const NO_REASONING = '(none)'
export const imagesReturned = (tool: string, callId: string): string =>
  `[Images returned by ${tool}, ${callId}]`

const SUMMARY_SECTIONS = `Cover, each under its own heading:
1. Goals: the user's final goal and latest request, in the user's words where they matter. Carry over the goals of an earlier summary.
2. What happened: what was tried and done, in order, with its outcome. Condense an earlier summary; do not drop it.
3. Details to retain: files, code, commands, settings, names, decisions. Copy paths, URLs, issue numbers and other identifiers exactly.
4. Errors: what went wrong, how it was fixed, and how the user responded.`

const SEARCH_HINTS = `Hints for searching: for what is too long to repeat here, words by which it can be found in the message history.

Write in the first person, as a plain record of facts. Return only the summary.`

/** Asks for a summary of the oldest messages; newer ones stay in the prompt after it. */
export const SLIDING_SUMMARY_PROMPT = `The transcript below is about to leave the beginning of your context window. Write the summary that will take its place, before the newer messages, so that these make sense and no work is done twice.

${SUMMARY_SECTIONS}
5. ${SEARCH_HINTS} Use at most 300 words.`

/** Asks for a summary of the complete conversation. */
export const FULL_SUMMARY_PROMPT = `The transcript below is your complete conversation so far, which is about to leave your context window. Write the summary from which you will continue working, with nothing else to remember it by.

${SUMMARY_SECTIONS}
5. State: what you were doing at the very end, in detail, with the files and code it is about.
6. Next step: only if one follows from what the user asked for last; quote the words that show it.
7. ${SEARCH_HINTS} Use at most 500 words.`

/** What a summary preserves at the request of the user. */
export function summaryFocus(focus: string): string {
  return `Above all, preserve everything about this, in detail: ${focus}`
}
