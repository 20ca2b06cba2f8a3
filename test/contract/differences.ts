/** Where the embedded server means to be unlike the real one, and why. The table in README.md is made of it. */
export const differences = {
  'always-whole':
    'An agent is always shown whole: a client that forgets to ask must not take its tools for none.',
  'answered-again':
    'An answer that comes again is refused as answered, not put to the model again.',
  'broken-off': 'An answer that breaks off is a failure of the vendor, and told as one.',
  'cut-short': 'An answer that the token limit cuts off says so, not that the turn is over.',
  'empty-lines': 'The prompt of an agent without memory has no empty section.',
  forbidden: 'A 403 of a vendor is about the key, as a 401 is.',
  'kept-turn':
    'What was said stays when a turn fails or is cancelled; there neither user nor model remember it.',
  'known-models': 'Who asks for a model of nobody is told whose there are.',
  'missing-block': 'A block that is not there is a refusal, not left out without a word.',
  'old-thoughts': 'Reasoning without a signature is not sent back: few endpoints take it.',
  'orphan-rules':
    'A tool that goes takes its approval rule along: left behind, it pauses calls of a tool that is gone.',
  'proxy-handle':
    'The models of an OpenAI-compatible endpoint are `openai/ID` here; `openai-proxy/ID` is understood.',
  'python-names': 'The error texts of tools name no classes of the server.',
  'same-model': 'An agent keeps its limits when it is given the model that it has.',
  'system-item': 'The history there begins with the system prompt; here it holds what was said.',
  'told-why': 'An error says what is wrong in its message, too.',
  'unlisted-window':
    'A model whose window nobody tells is taken to have 128,000 tokens: 30,000 is too small to work with.',
  'untold-usage':
    'Tokens that a vendor does not tell are `null` there, 0 here: clients add them up.',
} as const

export type Difference = keyof typeof differences

/** The rows of README.md's table. */
export function differenceTable(): string {
  return Object.entries(differences)
    .map(([name, reason]) => `| \`${name}\` | ${reason} |`)
    .join('\n')
}
