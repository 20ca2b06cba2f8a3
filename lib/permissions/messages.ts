import { shortName, spellOut } from '../util/invisible-characters.ts'
import type { RuleSource, Verdict } from './types.ts'

/**
 * All texts of this room that people and agents read: why a call is allowed, asked about or denied, what is dangerous
 * about it, and what is wrong with a rule. A reason is one short sentence about the call.
 */

/** Why a rule, a mode or a default decides. */
export const reasons = {
  deniedByRule: 'Denied by a rule.',
  requiredByRule: 'A rule requires approval.',
  allowedByRule: 'Allowed by a rule.',
  allowedByExactRule: 'Allowed by an exact rule.',
  everyCommandAllowed: 'Every command is allowed or read-only.',
  allowedByBypassMode: 'Allowed by bypassPermissions mode.',
  allowedByAcceptEditsMode: 'Allowed by acceptEdits mode, inside the project.',
  deniedByPlanMode: 'Not allowed in plan mode (may modify files).',
  alwaysAsks: 'Always requires approval.',
  readOnly: 'Read-only.',
  readOnlyInProject: 'Read-only, inside the project.',
  noRule: 'No matching rule.',
  noRuleNotReadOnly: 'No matching rule; not read-only.',
  noRuleVersionManager: 'No matching rule; files of the project can choose the program.',
  noRuleFollowsLinks: 'No matching rule; this grep follows links, which lead outside or may do so.',
  noRuleRunsProgram: 'No matching rule; runs another program.',
  ruleDoesNotCover: (rule: string, word: string): string =>
    `${shortName(rule)} does not cover ${shortName(word)}; a rule with exactly this command does.`,
  mayMatchDenyRule: 'May match a deny rule.',
  mayMatchAskRule: 'May match a rule that requires approval.',
  resemblesDeniedPath: 'File name resembles a denied path.',
  protectedFile: 'File can execute code or change permissions.',
  noFile: 'No file specified.',
  readsOutside: 'Reads outside the project.',
  writesOutside: 'Writes outside the project.',
  modifiesFile: 'Modifies a file.',
  noCommand: 'No command found.',
  onlyTests: 'Only tests conditions and prints nothing.',
  tooManyFiles: 'Too many files to check.',
  invalidRequest: 'Invalid request.',
  namesMayChange: 'An earlier command can change what its file names lead to.',
  namesMayChangeLater: 'In the background, a later command can change what its file names lead to.',
  otherMayChange: 'Another command of the line can change what this one does.',
  memoryAllowed: 'Changes of memory are allowed.',
  memoryReviewed: 'The setting reviewMemory requires approval of changes of memory.',
  memoryInPlanMode: 'Not allowed in plan mode (changes memory).',
  notPrintable: 'Shell syntax that only runs with approval.',
}

/** What a command does besides running its program. */
export const sideEffects = {
  unknownDirectory: 'Directory is determined at run time.',
  runsOutside: 'Runs outside the project.',
  setsLookupVariables: 'Sets variables that affect program lookup.',
  readsProtectedFile: 'Reads a protected file.',
  writesFile: 'Writes to a file.',
  passesVariable: 'Could show a variable that contains a secret.',
  runsGitSetting: (setting: string): string =>
    `Repository configuration can run a program: ${setting}.`,
  gitRefuses: 'Git does not accept what looks like a repository.',
  gitReadsOutside: (file: string): string => `Repository reads files outside of it: ${file}.`,
}

/** What keeps a command line from being understood in full. */
export const uncertainties = {
  tooLongToReview: 'Command is too long to review.',
  tooLongToParse: 'Command is too long to parse.',
  tooManyCommands: 'Too many commands to check.',
  tooDeeplyNested: 'Nested too deeply.',
  ambiguous: 'Ambiguous shell syntax.',
  needsBash: 'Syntax of bash, which sh reads differently.',
  syntaxError: (message: string): string => `Shell syntax error: ${message}.`,
  invisibleCharacters: 'Contains invisible or look-alike characters.',
  unknownProgram: 'Program is determined at run time.',
  unknownCommand: 'Command is determined at run time.',
  definesFunction: 'Defines a function.',
  startsCoprocess: 'Starts a coprocess.',
  unterminatedHereDocument: 'Unterminated here-document.',
  unsupportedSubstitution: 'Unsupported substitution.',
  unsupportedArithmetic: 'Unsupported arithmetic.',
  evaluatesVariable: 'Evaluates a variable.',
  evaluatesSubscript: 'Evaluates a subscript.',
  evaluatesName: 'Evaluates an indirect name.',
  evaluatesOutput: 'Evaluates command output.',
  evaluatesComparison: 'Evaluates a comparison operand.',
  storesDescriptor: 'Stores a file descriptor in a variable.',
}

/** Why a call needs a second confirmation before it runs. */
export const dangers = {
  runsDownload: 'Executes downloaded code.',
  modifiesOutside: 'Modifies files outside the project.',
  grants: 'Changes the instructions or the permissions of the agent.',
  changesProgram: 'Changes a program that other commands run.',
  runsLater: 'Changes a file that another program can execute later.',
  elevatesPrivileges: 'Runs with elevated privileges.',
  deletesFiles: 'Permanently deletes files.',
  writesToDevice: 'Writes to a raw disk device.',
  stopsMachine: 'Shuts down or reboots the machine.',
  changesPermissions: 'Recursively changes permissions.',
  discardsGitChanges: 'May discard unrecoverable git changes.',
}

/** What rules and modes do not bind. */
export const limits = {
  programs: (rules: readonly string[]): string => {
    const named = rules.slice(0, MAX_NAMED_RULES).map(shortName).join(', ')
    const more = rules.length > MAX_NAMED_RULES ? ` and ${rules.length - MAX_NAMED_RULES} more` : ''
    return `Not bound by ${named}${more}: what a program decides to read or write (scripts, builds, tests).`
  },
  serverTools: 'Not bound by rules or modes: tools that a server runs, such as its searches.',
  planMemory:
    'Plan mode denies changes of memory where the server asks before them, and only there.',
}

const MAX_NAMED_RULES = 3

/** What is wrong with the text of a rule; completes a sentence such as `"Bash(" is not a valid rule: …`. */
export const ruleErrors = {
  malformed: 'expected a form like Bash(npm test:*) or Edit(src/**)',
  emptyParentheses: 'empty parentheses match nothing',
  matchesNoCommand: 'matches no command',
  parenthesesAfterStar: '* cannot be followed by parentheses',
  invisibleCharacters: 'it contains invisible or look-alike characters',
  programPattern: 'no program has this name',
  starNotLast: 'a star has a meaning only at the end of a command',
  serverTool: (tool: string): string =>
    `${tool} is not a tool of letta; a server runs its tools without these rules, in plan mode too`,
  unknownTool: (name: string): string => `tool "${name}" not found`,
  nothingAt: (place: string): string => `${place} does not exist`,
}

/** What is wrong with a line given to `letta permissions check`. */
export const requestErrors = {
  notAnObject: 'expected a JSON object {tool, args, rules, mode, cwd, home}',
  toolNotAString: '"tool" must be a string',
  pathNotAbsolute: (name: 'cwd' | 'home'): string => `"${name}" must be an absolute path`,
  unknownMode: (modes: readonly string[]): string => `"mode" must be one of ${modes.join(', ')}`,
  rulesNotAnObject: '"rules" must be an object {allow, deny, ask}',
}

/** Where the rules of a source are written. */
const RULE_LOCATIONS: Readonly<Record<RuleSource, string>> = {
  flag: '--disallowedTools',
  session: 'this session',
  local: '.letta/settings.local.json',
  project: '.letta/settings.json',
  user: "the user's settings",
}

/** Why a call is denied, with the rule and where it is written: for the agent and for a person. */
export function denialMessage({ because, rule, source }: Verdict): string {
  // Verbatim: Letta Code gives this text when a denial has no reason.
  const reason = because || 'Unknown reason'
  if (rule === null || source === null) return reason
  return `${withoutFullStop(reason)}: ${spellOut(rule)} (${RULE_LOCATIONS[source]})`
}

/** A reason with the part of the call that it concerns: `Reads outside the project: /x`. */
export function reasonWithPart({ because, part }: Verdict): string {
  return part === null ? because : `${withoutFullStop(because)}: ${part}`
}

function withoutFullStop(sentence: string): string {
  return sentence.replace(/\.$/, '')
}

/** What programs for packages connect to, whose address is in their settings. */
export const REGISTRIES = {
  npm: 'the npm registry',
  python: 'the Python package index',
  docker: 'the Docker registry',
  cargo: 'the Cargo registry',
  go: 'the Go module proxy',
  ruby: 'the RubyGems registry',
  php: 'the Packagist registry',
  system: 'the package sources of the system',
} as const

/** A remote of git, and where it is: `origin (github.com)`. */
export function remotePlace(name: string, place: string): string {
  return `${name} (${place})`
}
