/** Intended differences between the embedded and the original server, with the reasons. README.md contains them as a table. */
export const differences = {
  'always-complete':
    'An agent is always complete, so that a client that does not ask for its tools does not conclude that it has none.',
  'answered-again': 'A repeated answer to a call is rejected, and not sent to the model again.',
  'ended-early': 'An answer that ends early is reported as an error of the provider.',
  'cut-short':
    'The stop reason of an answer that the token limit cuts off is that limit, not the end of the turn.',
  'empty-answer': 'An answer without text and calls is asked for once more, and is an error then.',
  filtered: 'An answer that a content filter ends is reported as an error of the provider.',
  'empty-lines': 'The prompt of an agent without memory has no empty section.',
  forbidden: 'A 403 of a provider concerns the key, like a 401.',
  'retained-turn':
    'Messages are retained when a turn fails or is cancelled; the original server drops them.',
  'known-models': 'The error for an unknown model lists the providers.',
  'missing-block': 'An unknown block is an error, and not ignored.',
  'no-versions':
    'The embedded server stores the versions of memory blocks; of other servers, letta stores what it sees.',
  'old-thoughts':
    'Reasoning without a signature is not sent to the model again, since few endpoints accept it.',
  'orphan-rules':
    'The approval rule of a tool is removed with the tool. Otherwise it would pause calls of a missing tool.',
  'joined-users':
    'Neighbouring messages of a user are one message in the prompt: many chat templates refuse two in a row.',
  unanswered: 'A message that got no answer is followed by a note in the prompt.',
  'proxy-handle':
    'The models of an OpenAI-compatible endpoint are `openai/ID` here; `openai-proxy/ID` is understood.',
  'plain-names': 'The name of an agent may have any characters.',
  'python-names': 'The error texts of tools contain no class names of the server.',
  'same-model': 'An agent keeps its limits when its model is set to the same model.',
  'skills-of-client':
    'The skills that a client sends with a request are in the prompt of every agent; the original server left them out of the system prompt when this was recorded.',
  'error-cause': 'The message of an error contains its cause.',
  'unlisted-window':
    'A model without a listed context window is assumed to have 128,000 tokens, since 30,000 are too few.',
  'missing-usage':
    'Token counts that a provider does not report are 0 instead of `null`, since clients add them.',
} as const

export type Difference = keyof typeof differences

/** The rows of README.md's table. */
export function differenceTable(): string {
  return Object.entries(differences)
    .map(([name, reason]) => `| \`${name}\` | ${reason} |`)
    .join('\n')
}
