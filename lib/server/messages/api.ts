/**
 * What the API answers to a request that it cannot fulfil. Clients compare many of these texts, so those marked Verbatim
 * are copied from Letta server 0.16.8 (`test/contract/` compares them).
 */

// Verbatim: HTTP errors of FastAPI.
export const blockVersionNotFound = (id: string, version: string): string =>
  `Version ${version} of block ${id} not found.`

export const blockModified = (label: string): string =>
  `The memory block "${label}" was modified since it was read.`

export const UNAUTHORIZED = 'Unauthorized'
export const NOT_FOUND = 'Not Found'
export const METHOD_NOT_ALLOWED = 'Method Not Allowed'
export const INVALID_JSON = 'JSON decode error'
export const MESSAGES_EMPTY = 'Messages must not be empty'
export const INPUT_REQUIRED = "Value error, Must specify either 'input' or 'messages'."
export const INPUT_TWICE =
  "Value error, Cannot specify both 'input' and 'messages'. Use one or the other."
export const idPatternMismatch = (prefix: string): string =>
  `String should match pattern '${prefix}-{uuid4}'`

// Verbatim: what does not exist.
export const AGENT_NOT_FOUND = 'Agent not found'
export const agentIdNotFound = (id: string): string => `Agent with ID ${id} not found`
export const conversationIdNotFound = (id: string): string =>
  `Conversation not found with id='${id}'`
export const blockIdNotFound = (id: string): string => `Block with id '${id}' not found`
export const toolIdNotFound = (id: string): string => `Tool with ID ${id} not found`
export const runNotFound = (id: string): string => `Run with ID ${id} not found`
export const stepNotFound = (id: string): string => `Step with ID ${id} not found`
export const messageIdNotFound = (id: string): string => `Message with id ${id} not found.`
export const passageNotFound = (id: string): string =>
  `Passage with id ${id} not found in database.`
export const blockNotAttached = (blockId: string, agentId: string): string =>
  `No block with id '${blockId}' found for agent '${agentId}'`
export const labelNotFound = (label: string, agentId: string): string =>
  `No block with label '${label}' found for agent '${agentId}'`
export const isolatedLabelNotFound = (label: string, agentId: string): string =>
  `INVALID_ARGUMENT: Block with label '${label}' not found on agent '${agentId}'`
export const toolsNotFoundByName = (names: readonly string[]): string =>
  `Tools not found by name: {${quoted(names)}}`
/** The three spaces are the server's. */
export const toolsNotFoundById = (ids: readonly string[]): string =>
  `Tools not found by id:   {${quoted(ids)}}`
export const modelHandleNotFound = (handle: string, available: readonly string[]): string =>
  `NOT_FOUND: Handle ${handle} not found, must be one of [${quoted(available)}]`

// Texts of the embedded server: the run of a process that was killed.
/** The type of the error. */
export const INTERRUPTED_TYPE = 'interrupted'
export const RUN_INTERRUPTED = 'The program that was answering has ended.'

// Verbatim: what was deleted.
export const agentIdDeleted = (id: string): string => `Agent id=${id} successfully deleted`
export const passageDeleted = (id: string): string => `Memory id=${id} successfully deleted`

// Verbatim: arguments of a new agent.
export const MODEL_REQUIRED = 'INVALID_ARGUMENT: Must specify either model or llm_config in request'
export const INVALID_HANDLE =
  'INVALID_ARGUMENT: The model handle should be in the format provider/model-name'

// Verbatim: runs and approvals.
export const APPROVAL_PENDING =
  'CONFLICT: Cannot send a new message: The agent is waiting for approval on a tool call. Please approve or deny the pending request before continuing.'
// Verbatim.
export const NO_PENDING_APPROVAL =
  'Cannot process approval response: No tool call is currently awaiting approval. Please send a regular message to interact with the agent.'
export const wrongCallIds = (expected: readonly string[], received: readonly string[]): string =>
  `Invalid tool call IDs. Expected '[${quoted(expected)}]', but received '[${quoted(received)}]'.`
// Verbatim.
export const conversationBusy = (runId: string): string =>
  `CONFLICT: Cannot send a new message: Another request (run_id=${runId}) is currently being processed for this conversation. Please wait for it to complete.`
export const nothingToCancel = (conversationId: string): string =>
  `CONFLICT: No active runs to cancel for conversation ${conversationId}`
export const NO_ACTIVE_RUNS = 'INVALID_ARGUMENT: No active runs found for this conversation.'
export const NOT_A_BACKGROUND_RUN =
  'INVALID_ARGUMENT: Run was not created in background mode, so it cannot be retrieved.'

// Verbatim: compaction.
export const INVALID_AGENT_FILE = 'No agent file was uploaded.'

export function notAnAgentFile(place: string, reason: string): string {
  return place === '' ? NO_AGENT_FILE : `The agent file is not valid: ${place}: ${reason}`
}

const NO_AGENT_FILE =
  'The file is not an agent file: it has no object with agents, blocks and tools.'

export const secondBlock = (id: string): string => `Another block also has the id ${id}.`
export const secondLabel = (label: string): string =>
  `Another block of the agent also has the label ${label}.`
export const unknownBlock = (id: string): string => `The file has no block with the id ${id}.`

export const ONLY_SUMMARIES = 'Only the text of a summary can be changed.'

export const NOTHING_TO_COMPACT =
  'Summarization failed to reduce the number of messages. You may not have enough messages to compact or need to use a different CompactionSettings (e.g. using `all` mode).'
// Verbatim.
export const systemPromptOverflow = (tokens: number, contextWindow: number): string =>
  `CONTEXT_WINDOW_EXCEEDED: The system prompt tokens ${tokens} exceeds the context window ${contextWindow}. Please reduce the size of your system prompt, memory blocks, or increase the context window.`
export const SYSTEM_PROMPT_OVERFLOW =
  "Compaction failed because the system prompt is too large for this model's context window. Reduce system instructions, memory blocks, or tools, or use a model with a larger context window."

// Verbatim: failures without a better description.
export const unknownError = (message: string): string => `An unknown error occurred: ${message}`

// Texts of the embedded server.
export const agentOrConversationGone = (agentId: string): string =>
  `Agent with ID ${agentId} or its conversation not found`
export const labelTaken = (label: string): string =>
  `The agent already has a block with the label "${label}".`
export const builtInTool = (name: string): string =>
  `Tool ${name} is built in and cannot be changed or deleted.`
export const TOOL_NAME_REQUIRED = 'json_schema.name is required.'
export const CALLBACK_NOT_SUPPORTED =
  'This server calls no callback_url. Read the run until its status is completed.'
export const IMAGE_NOT_LOADED =
  'This server loads no images from addresses. Send the image itself: a source with the type base64, media_type and data.'
export const RUN_IN_OTHER_PROCESS =
  'CONFLICT: The run is active in another process. Its events are available once it has ended.'
export const RUN_CANCELLED = 'The run was cancelled.'
export const RUN_NOT_SAVED = 'The end of the run could not be saved.'
export const UNEXPECTED_ERROR = 'An unexpected error occurred in the server.'

function quoted(names: readonly string[]): string {
  return names.map((name) => `'${name}'`).join(', ')
}
