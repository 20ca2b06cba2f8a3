/**
 * The texts of the program outside of the workbench: notices, prompts, errors. Those of `letta changes` are in
 * messages/changes.ts, usage errors in lib/cli/messages.ts.
 */

import type { Finding } from '../lib/memory/examine.ts'
import type { ConflictReason } from '../lib/memory/sync-plan.ts'
import { spellOut } from '../lib/util/invisible-characters.ts'
import { plural } from '../lib/util/quantities.ts'
import { fileReference } from '../lib/util/references.ts'
import type { MessageWithHint } from '../lib/util/user-error.ts'

/** Before each message on standard error: what it comes from, in the output of a script. */
export const PROGRAM_PREFIX = 'letta: '

export const line = (text: string): string => `${PROGRAM_PREFIX}${text}\n`

/* Errors of the process */

/** `program`: version, platform and version of Node. */
export const internalError = (stack: string, program: string): string =>
  `letta: internal error (please report it, with this text).\n${program}\n${stack}\n`

export const stdoutFailed = (reason: string): string => `Cannot write to standard output: ${reason}`

export const homeMissing = (home: string): string =>
  `Home directory ${home || '(none)'} does not exist.`
export const homeIsNoDirectory = (home: string): string =>
  `HOME is not a directory: ${spellOut(home)}`
export const HOME_MISSING_HINT =
  'Set HOME to an existing directory: letta stores its files in $HOME/.letta'

export const CWD_MISSING = 'The current directory no longer exists.'
export const CWD_MISSING_HINT = 'Change to another directory, or name one with -C DIR.'

export const notADirectory = (path: string): string => `${spellOut(path)} is not a directory.`
export const NOT_A_DIRECTORY_HINT = 'Name one with -C DIR.'

/** `file`: as it was typed. */
export const typedFileMissing = (file: string): string => `${spellOut(file)} does not exist.`
export const typedFileUnreadable = (file: string, reason: string): string =>
  `${spellOut(file)} ${reason}.`
export const cannotReadTyped = (file: string, reason: string): string =>
  `Cannot read ${spellOut(file)}: ${reason}`

export const cannotWriteTyped = (file: string, reason: string): string =>
  `Cannot write ${spellOut(file)}: ${reason}`

export const STDOUT_NOT_A_TERMINAL =
  'Standard output is not a terminal. Use letta -p to run one turn non-interactively.'

export const invalidToolkit = (name: string): string =>
  `LETTA_TUI: "${spellOut(name)}" is not a valid toolkit. Available: blessed, neo-blessed`

/** `name`: a package with the binary of the database's driver for a platform. */
export const missingDriver = (name: string): { message: string; hint: string } => ({
  message: `The driver of the database is not installed for this machine: ${spellOut(name)} is missing.`,
  hint: `Install it next to letta: npm install -g ${name}`,
})
/** `reason`: of the system's loader, which names the library that it does not find. */
export const unusableDriver = (
  name: string,
  reason: string,
): { message: string; hint: string } => ({
  message: `The driver of the database cannot be loaded: ${reason}`,
  hint: `Install the library that this names (on Alpine Linux: apk add libgcc), or the driver again: npm install -g ${name}`,
})

/* Standard input */

export const stdinTooLarge = (mebibytes: number): string =>
  `Standard input is larger than ${mebibytes} MiB.`

export const STDIN_NOT_UTF8 =
  'Standard input is not UTF-8 text. Convert it first, for example: iconv -f latin1 -t utf-8'

export const STDIN_SILENT = 'No data on standard input: continuing with the prompt only.'

/* Prompts on the terminal */

export const yesOrNo = (question: string): string => `${question} [y/N] `

export const NO_TERMINAL_TO_CONFIRM =
  'No terminal for the confirmation prompt. Nothing was changed.'
export const NO_TERMINAL_TO_CONFIRM_HINT = 'Add --yes to skip the confirmation prompt.'

/* Flags that are checked against tools, rules and files */

export const toolOfFlagNotFound = (flag: string, name: string): string =>
  `--${flag}: tool "${spellOut(name)}" not found.`

/** Nothing runs without a user when it is not known what must not run. */
export const denialsLost = (reasons: readonly string[]): string =>
  ['The settings cannot be read in full, so nothing runs:', ...reasons].join('\n  ')
export const BROKEN_SETTINGS_HINT =
  'Correct them, or add --ignore-broken-settings to run with what can be read.'

export const skillsNotADirectory = (path: string): string => `--skills: ${notADirectory(path)}`

export const recordingFailed = (path: string, reason: string): string =>
  `Cannot record to ${spellOut(path)}: ${reason}`
export const RECORDING_EXISTS = 'The file exists and is not a recording.'

/* The debug log */

export const debugLogFailed = (path: string, reason: string): string =>
  `Cannot write the debug log to ${spellOut(path)}: ${reason}`
export const debugLogFull = (bytes: number): string =>
  `The debug log ends here: it has reached ${bytes} bytes.`

/* letta --info */

export const INFO = {
  yes: 'yes',
  no: 'no',
  embedded: 'embedded',
  cloud: 'Letta Cloud',
  newAgent: 'a new one',
  defaultModel: 'of the agent, or the first one available',
} as const

/* letta trust */

export const directoryTrusted = (path: string): string => `${spellOut(path)} is now trusted.`

/* letta permissions */

export const notTrustedGrant = (grant: string): string =>
  `${grant}  (not in effect: this directory is not trusted)`

export const ruleNotInEffect = (row: string): string => `${row}  (no effect)`

export const NO_PERMISSION_RULES =
  'No permission rules. Without them, calls that only read the project run, and others require your approval.'

export const MODES_LIMITED =
  'Denials cannot be read: acceptEdits and bypassPermissions are not available, and headless runs are refused.'

/* letta skills */

export const noSkills = (directory: string): string => `No skills in ${spellOut(directory)}.`

/* letta agents */

export const NO_AGENTS = 'No agents yet. To create one, run: letta'
export const confirmDeleteAgent = (name: string, id: string): string =>
  `Delete agent ${spellOut(name)} (${id}) and all of its conversations? Its memory blocks are retained.`
export const NOTHING_DELETED = 'Nothing was deleted.'
export const agentDeleted = (name: string, id: string): string =>
  `Deleted ${spellOut(name)} (${id}).`

export const NO_AGENT_HERE = 'This directory has no agent yet.'
export const NO_AGENT_HERE_HINT =
  'Pass --agent ID (list them: letta agents list), or create one: letta'

/* letta backup */

export const BACKUP_REASON_TEXTS = {
  daily: 'daily',
  update: 'before an update of the database',
  delete: 'before a deletion',
  restore: 'replaced by a restore',
} as const

/** What a database contains; null for one that cannot be read. */
export const contentsText = (
  contents: { agents: number; conversations: number; messages: number } | null,
): string =>
  contents === null
    ? 'cannot be read'
    : [
        plural(contents.agents, 'agent'),
        plural(contents.conversations, 'conversation'),
        plural(contents.messages, 'message'),
      ].join(', ')

export const backupLine = (backup: {
  readonly id: string
  readonly age: string
  readonly size: string
  readonly reason: string
  readonly contents: string
}): string =>
  `${backup.id.padEnd(17)} ${backup.age.padStart(11)}  ${backup.size.padStart(10)}  ${backup.contents} (${backup.reason})`

export const noBackups = (database: string): string =>
  `No backups of ${spellOut(database)} yet. letta makes one each day, and before a database is migrated or something is deleted.`
export const backupNotFound = (id: string, matches: number): MessageWithHint => ({
  message:
    matches === 0
      ? `Backup "${spellOut(id)}" not found.`
      : `${matches} backups begin with "${spellOut(id)}".`,
  hint: 'List them: letta backup list',
})
export const confirmRestoreBackup = (backup: string, present: string): string =>
  `Restore this backup?\n  ${backup}\nThe current database (${present}) is retained as another backup.`
export const DATABASE_UNCHANGED = 'Nothing was restored; the database is unchanged.'
export const backupRestored = (id: string, database: string): string =>
  `Restored ${id} to ${spellOut(database)}.`
export const replacedDatabase = (file: string): string =>
  `The replaced database is retained: ${spellOut(file)}`

/* letta memory */

export const blockUnchanged = (label: string): string => `${spellOut(label)} is unchanged.`
export const blockSaved = (label: string): string => `Saved ${spellOut(label)}.`
export const draftStored = (path: string): string =>
  `Your text is stored as a draft, which the memory pane of letta continues: ${spellOut(path)}`
export const NO_BLOCK_TEXT =
  'Nothing on standard input. Pipe the new value in, or run the command in a terminal.'

export const emptyBlockText = (label: string): string =>
  `The text on standard input is empty: ${spellOut(label)} is unchanged.`
export const EMPTY_BLOCK_TEXT_HINT = 'Add --yes to empty the block.'

export const versionLine = (row: {
  readonly version: string
  readonly time: string
  readonly author: string
  readonly added: number
  readonly removed: number
  readonly isDeletion: boolean
}): string =>
  `${row.version}  ${row.time}  +${row.added} −${row.removed}  ${row.isDeletion ? 'deleted by ' : ''}${row.author}`
export const syncWrote = (file: string): string => `wrote ${spellOut(file)}`
export const committed = (commit: string): string => `Committed ${commit}`
export const notCommitted = (reason: string): string =>
  `The files are written, but not committed: ${reason}`
export const NOTHING_TO_SYNC = 'Nothing to synchronize: the files contain what the agent remembers.'
export const syncConflict = (label: string, reason: ConflictReason): string => {
  switch (reason) {
    case 'readOnly':
      return `${spellOut(label)}: the file was changed, but the block is read-only. Neither was changed.`
    case 'secret':
      return `${spellOut(label)}: the file contains a key or a token. Neither was changed: write where it is found instead (setting refuseSecretsInMemory).`
    case 'marks':
      return `${spellOut(label)}: the file has an unresolved conflict of git (<<<<<<<, >>>>>>>). Neither was changed: resolve it, then synchronize again.`
    case 'limit':
      return `${spellOut(label)}: the text is longer than the limit of the block. Neither was changed: shorten the file, then synchronize again.`
    case 'lines':
      return `${spellOut(label)}: the file and the block have changed the same lines. Neither was changed: make one of them like the other, then synchronize again.`
  }
}
export const importConflict = (label: string, path: string): string =>
  `${spellOut(label)}: ${spellOut(path)} and the block have changed the same lines since they were the same. The block was not changed: make one of them like the other, then import again.`
export const importNewer = (label: string): string =>
  `${spellOut(label)}: only the block has changed since the last export. It stays; letta memory sync updates the file.`
export const notInPrompt = (count: number): string =>
  `${count} Markdown ${count === 1 ? 'file' : 'files'} outside of system/ ${count === 1 ? 'is' : 'are'} not imported: Letta Code does not show them to the model.`
export const syncGone = (label: string): string =>
  `${spellOut(label)}: the agent no longer has this block. The file stays; delete it, or import it with letta memory import.`
export const propertiesNotImported = (label: string, names: readonly string[]): string =>
  `${spellOut(label)}: the ${spellOut(names.join(' and the '))} of the file differs from that of the block, which stays: an import changes only the text.`
/** The subject of the commit. */
export const SYNC_COMMIT = (labels: string): string => `memory: ${labels}`

export const blockSizes = (characters: number, limit: number, tokens: number): string =>
  `${characters} of ${limit} characters, about ${tokens} tokens`
/** The command that changes what was found. */
export function fixFor({ type, label }: Finding): string {
  if (type === 'secret') return `Remove it, and revoke it: letta memory edit ${spellOut(label)}`
  if (type === 'empty' || type === 'unused') return `Write it: letta memory edit ${spellOut(label)}`
  if (type === 'nearLimit') return `Shorten it: letta memory edit ${spellOut(label)}`
  return `Edit the line: letta memory edit ${spellOut(label)} (letta memory blame ${spellOut(label)} names its author)`
}

/** `~` marks a line that may be older than the first version that is known. */
export const blameHead = (line: {
  /** `v3`, or `human@3` of another block. */
  readonly version: string
  readonly time: string
  readonly author: string
  readonly isOldest: boolean
}): string => `${line.isOldest ? '~' : ' '}${line.version}  ${line.time}  ${line.author}`
export const versionGap = (from: string, to: string): string =>
  `(changed elsewhere between ${from} and ${to})`
export const olderVersions = (label: string, limit: number): string =>
  `Older versions of ${spellOut(label)}: --limit ${limit * 10}`
export const versionsOfThisMachine = (label: string): string =>
  `The server stores no versions: these are the values of ${spellOut(label)} that letta has seen on this machine.`
export const invalidSince = (text: string): string =>
  `--since: "${spellOut(text)}" is not a time or a version. Examples: yesterday, 2h, 2026-11-28, 3`
export const SINCE_VERSION_NEEDS_LABEL =
  '--since: a version requires a block: letta memory diff LABEL --since VERSION'
export const NO_SESSION_HERE = 'This directory has had no session with this agent yet.'
export const noChanges = (label: string | null): string =>
  label === null ? 'No changes.' : `No changes of ${spellOut(label)}.`
export const versionRequired = (label: string): string =>
  `A version is required: letta memory restore ${spellOut(label)}@N (letta memory log ${spellOut(label)} lists them)`
export const invalidVersion = (label: string, version: string): string =>
  `"${spellOut(version)}" is not a version of ${spellOut(label)}: a number is required, as in ${spellOut(label)}@3 (letta memory log ${spellOut(label)} lists them)`
export const sameAsVersion = (label: string, version: number): string =>
  `${spellOut(label)} is the same as version ${version} already. Nothing was restored.`
export const confirmRestore = (label: string, version: number): string =>
  `Restore version ${version} of ${spellOut(label)}?`
export const NOTHING_RESTORED = 'Nothing was restored.'
export const restoredVersion = (label: string, version: number): string =>
  `Restored version ${version} of ${spellOut(label)}.`

export const writtenOrUnchanged = (path: string, changed: boolean): string =>
  `${changed ? 'written  ' : 'unchanged'}  ${spellOut(path)}`

export const newBlock = (label: string): string => `${spellOut(label)} (new)`
export const confirmImport = (changes: number): string =>
  `Write ${changes === 1 ? 'this change' : `these ${changes} changes`} to the memory of the agent?`
export const NOTHING_IMPORTED = 'Nothing was imported.'
export const importRejected = (reasons: readonly string[]): string =>
  [NOTHING_IMPORTED, ...reasons].join('\n  ')
export const NOTHING_TO_IMPORT = 'No changes.'
export const imported = (changes: number, files: number): string =>
  `Imported ${changes} of ${plural(files, 'block')}.`

/* letta memory test, letta memory ask */

/** What is sent where, before anything is sent. */
export const copiesSend = (sent: {
  readonly questions: number
  readonly agent: string
  readonly blocks: number
  readonly characters: number
  readonly model: string
  readonly server: string
}): string => {
  const { questions, agent, blocks, characters, model, server } = sent
  const asked = plural(questions, 'question is', 'questions are')
  return `${asked} sent to ${spellOut(model)} (${spellOut(server)}), each with the ${blocks} memory blocks of ${spellOut(agent)} (${characters} characters). Copies of the agent answer and are deleted; no tool runs.`
}
export const EMBEDDED_SERVER_OF_TESTS = 'embedded server'
export const untrustedQuestions = (place: string): string =>
  `The directory is not trusted: its questions in ${spellOut(place)} are text for the model, and grant nothing.`
export const asking = (number: number, count: number, name: string): string =>
  `${number}/${count} ${spellOut(name)}…`
export const testFaults = (faults: {
  readonly missing: readonly string[]
  readonly found: readonly string[]
  readonly tools: readonly string[]
}): string =>
  [
    ...faults.missing.map((words) => `missing "${spellOut(words)}"`),
    ...faults.found.map((words) => `contains "${spellOut(words)}"`),
    ...faults.tools.map((tool) => `called ${spellOut(tool)}`),
  ].join(', ')
export const testsDone = (passed: number, failed: number): string =>
  `${passed} passed, ${failed} failed`
export const answered = (answer: string): string => `answer: ${answer}`
export const NO_TEXT_ANSWERED = '(no text)'
export const calledTools = (tools: readonly string[]): string =>
  `called: ${spellOut(tools.join(', '))}`
export const NO_MEMORY_TESTS_HINT =
  'A test is a Markdown file: what is expected between --- lines, below it the question (docs/memory.md).'
export const WITHOUT_REQUIRED =
  'letta memory ask requires the block or line to leave out: --without LABEL or LABEL:LINE'
export const WITH_MEMORY = 'with'
export const withoutMemory = (part: string): string => `without ${spellOut(part)}`
export const SAME_ANSWERS = 'Both answers are the same.'

/* letta messages */

export const NO_MESSAGES = 'No messages yet.'
export const NO_MATCHES = 'No matches.'

/* letta conversations */

export const confirmDeleteConversation = (title: string, id: string): string =>
  `Delete the conversation "${spellOut(title)}" (${id}) with all of its messages?`
export const conversationDeleted = (title: string, id: string): string =>
  `Deleted "${spellOut(title)}" (${id}).`
export const confirmOverwrite = (file: string): string =>
  `Replace the existing file ${spellOut(file)}?`
export const exported = (file: string): string => `Wrote ${spellOut(file)}.`
export const unknownExportFormat = (file: string): string =>
  `${spellOut(file)}: the ending names no format. Use .md, .html or .jsonl, or add --format.`

/* letta connect, login, logout */

export const addressPrompt = (account: string): string => `URL of ${spellOut(account)}: `
export const keyPrompt = (account: string, isPassword: boolean, isOptional: boolean): string =>
  `${isPassword ? 'Password' : 'API key'} for ${spellOut(account)}${isOptional ? ' (empty if none is required)' : ''}: `
export const accountVerified = (account: string): string =>
  `${spellOut(account)}: verified and saved in your settings.`
export const moreModels = (count: number): string => `and ${count} more`
export const MODEL_PROMPT = 'Model of new agents (Enter for the default): '
export const modelNameNotFound = (name: string, near: readonly string[]): string =>
  `Model "${spellOut(name)}" not found. ${near.length === 0 ? '' : `Similar: ${spellOut(near.join(', '))}`}`.trimEnd()
export const CHOOSE_PROMPT = 'Number or name: '
export const choice = (number: number, title: string, id: string): string =>
  `${number}  ${spellOut(title)} (${id})`
export const PROVIDER_REQUIRED = 'Provider required.'
export const providerRequiredHint = (ids: readonly string[]): string =>
  `letta connect NAME. Available: ${ids.join(', ')}`
export const providerNotFound = (name: string | null): string =>
  name === null ? 'Unknown provider.' : `Unknown provider "${spellOut(name)}".`

export const EMBEDDED_NEEDS_NO_LOGIN = 'The embedded server does not require a key.'
export const EMBEDDED_NEEDS_NO_LOGIN_HINT = 'To save an API key of a model provider: letta connect'
export const signedIn = (server: string, account: string): string =>
  `${spellOut(server)}: signed in as the account "${spellOut(account)}". letta uses it by default.`
export const confirmCode = (code: string, url: string): string =>
  `Confirm the code ${code} at\n  ${url}`
export const BROWSER_OPENED = 'Waiting for the browser. Ctrl+C cancels.'
export const OPEN_BY_HAND =
  'Open the address in a browser, on any machine. Waiting for the confirmation; Ctrl+C cancels.'

/* letta accounts */

export const NO_ACCOUNTS = 'No accounts. To sign in: letta login'
export const ON_THIS_MACHINE = 'on this machine'
export const SIGN_IN_KINDS = { code: 'signed in', key: 'key', keychain: ', in the keychain' }
export const accountSelected = (name: string): string =>
  name === 'embedded'
    ? 'letta uses the embedded server.'
    : `letta uses the account "${spellOut(name)}".`
export const accountRemoved = (name: string): string => `Signed out of "${spellOut(name)}".`
export const environmentWins = (variable: string): string =>
  `${variable} is also set in the environment, which takes precedence.`

/* letta serve */

export const TOKEN_IN_FILE = `The token is in ${fileReference('server-token')}. Print it with: letta serve --print-token`
export const TOKEN_IN_ENVIRONMENT = 'The token is LETTA_SERVER_PASSWORD.'
export const SERVER_IS_PUBLIC =
  'Other machines can reach this address. The connection is not encrypted: keys and messages are sent in plain text.'

// Agent files

export function agentExported(name: string, file: string): string {
  return `Exported ${spellOut(name)} to ${spellOut(file)}. It contains memory and messages: share it with care.`
}

interface ImportedAgent {
  readonly id: string
  readonly name: string
  readonly blocks: number
  readonly tools: number
  /** In the window; null when the server does not report it. */
  readonly messages: number | null
}

export const importedName = (title: string): string =>
  `${title === '' ? 'conversation' : title.slice(0, 150)} (imported)`

/** `letta import`: the numbers of the lines of which the agent gets nothing. */
export function linesLeftOut(
  path: string,
  { invalid, unfinished }: { invalid: readonly number[]; unfinished: readonly number[] },
): readonly string[] {
  const kinds = [
    { numbers: invalid, reason: 'not an entry of a conversation' },
    { numbers: unfinished, reason: 'a call without a result' },
  ]
  return kinds
    .filter(({ numbers }) => numbers.length > 0)
    .map(
      ({ numbers, reason }) =>
        `Left out of ${spellOut(path)}: ${lineNumbers(numbers)} (${reason}).`,
    )
}

const MAX_LINE_NUMBERS = 10

function lineNumbers(numbers: readonly number[]): string {
  const shown = numbers.slice(0, MAX_LINE_NUMBERS).join(', ')
  const more = numbers.length - MAX_LINE_NUMBERS
  return `${numbers.length === 1 ? 'line' : 'lines'} ${shown}${more > 0 ? ` and ${more} more` : ''}`
}

export const continueImported = (id: string): string => `To continue it: letta --agent ${id}`

export function agentsImported(agents: readonly ImportedAgent[]): string {
  return agents
    .map(({ id, name, blocks, tools, messages }) => {
      const seen = messages === null ? [] : [`${plural(messages, 'message')} in context`]
      const parts = [plural(blocks, 'memory block'), plural(tools, 'tool'), ...seen]
      return `Created ${spellOut(name)} (${id}): ${parts.join(', ')}.`
    })
    .join('\n')
}

/** Of an agent that is exported from a server, or imported by one, that is not the embedded one. */
export const conversationsLeftOut = (count: number, server: string): string =>
  `${plural(count, 'conversation')} left out: agent files of ${spellOut(server)} contain only the first conversation.`

export const TO_REQUIRED =
  '--to requires a server: embedded, cloud, a URL or the name of an account.'

export function notJson(file: string): string {
  return `${spellOut(file)} is not an agent file: its content is not JSON.`
}

/** In the debug log. */
export const skippedText = (from: string, characters: number, text: string | null): string =>
  `skipped ${plural(characters, 'character')} from ${from}${text === null ? '' : `: ${text}`}`
