/** Messages of headless mode: to standard error, and to the agent in place of the user's approval. */

// Verbatim: the result text of Letta Code when the turn has no answer.
export const NO_ASSISTANT_RESPONSE = 'No assistant response found'

export const INTERRUPTED_BEFORE_SENDING = 'Interrupted before the agent was open; nothing was sent.'

export function skillNotRead(path: string, problem: string): string {
  return `Failed to read skill ${path}: ${problem}`
}

/** Labels of memory blocks, in two groups. Empty when there are none. */
export function memorySummary(created: readonly string[], shared: readonly string[]): string {
  const sentence = (title: string, labels: readonly string[]): string =>
    labels.length === 0 ? '' : `${title}: ${labels.join(', ')}.`
  return [sentence('New memory', created), sentence('Shared memory', shared)]
    .filter(Boolean)
    .join(' ')
}

// Denied calls

/** `hint`: how the call could be allowed, or why it was denied. */
export function callDenied(tool: string, label: string, hint: string): string {
  return `Denied: ${tool} ${label}\n  ${hint}`
}

/** For the agent. Verbatim: the first sentence is Letta Code's. */
export function requiresApproval(hint: string): string {
  return `Tool requires approval (headless mode). ${hint}`
}

export const LEFT_PENDING_HINT =
  'Left pending by an earlier session; it may already have run. Request it again.'

export const PLAN_HINT = 'Requires interactive approval: run `letta`.'

export const QUESTION_HINT =
  'Headless mode has no person to ask. Decide by what is known, and name the open questions in the answer; or run `letta`.'

/** `because`: names the source. `text`: what is repeated of it. */
export const outsideTextHint = (because: string, text: string): string =>
  `${because} It is: "${text}". To approve it, run \`letta\`; the setting askAboutOutsideText turns this check off.`

interface AllowingFlags {
  /** A rule that covers the call safely; null when there is none. */
  readonly rule: string | null
  readonly acceptsEdits: boolean
  /** Rules of the directory that would cover the call once it is trusted. */
  readonly untrustedRules: readonly string[]
}

/** The flags that would allow a call, the narrowest first. */
export function allowHint({ rule, acceptsEdits, untrustedRules }: AllowingFlags): string {
  const flags = [
    ...(rule === null ? [] : [`--allowedTools ${quoteForShell(rule)}`]),
    ...(acceptsEdits ? ['--permission-mode acceptEdits'] : []),
    ...(untrustedRules.length === 0
      ? []
      : [`--trust (applies this directory’s rules: ${listed(untrustedRules)})`]),
    '--yolo',
  ]
  return `To allow it: ${flags.join(', or ')}`
}

/** The widest come first. */
function listed(rules: readonly string[]): string {
  const more = rules.length - MAX_LISTED
  return rules.slice(0, MAX_LISTED).join(', ') + (more > 0 ? ` and ${more} more` : '')
}

const MAX_LISTED = 5

function quoteForShell(rule: string): string {
  return /["$`\\!]/.test(rule) ? `'${rule.replaceAll("'", `'\\''`)}'` : `"${rule}"`
}
