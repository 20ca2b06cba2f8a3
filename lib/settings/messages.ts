import { didYouMean } from '../util/did-you-mean.ts'
import { shortName } from '../util/invisible-characters.ts'
import { commandReference, fileReference } from '../util/references.ts'
import type { MessageWithHint } from '../util/user-error.ts'

/** What the user reads about settings files. Descriptions of the settings are in schema.ts, where the reference takes them from. */

// Syntax of JSON

export const unexpectedEnd = (expected: string): string =>
  `unexpected end of file, expected ${expected}`

export const expectedHere = (expected: string): string => `expected ${expected}`

// Reading

export const EXPECTED_OBJECT = 'expected an object { … }'

export const settingIgnored = (name: string, reason: string): string =>
  `"${name}" is ignored: ${reason}`

export const unknownSettings = (names: readonly string[]): string =>
  names.length === 1
    ? `unknown setting "${names[0]}" is ignored.`
    : `unknown settings are ignored: ${names.map((name) => `"${name}"`).join(', ')}.`

export const misplacedSetting = (name: string, place: string): string =>
  `"${name}" has no effect here: it belongs in ${place}.`

export const repeatedKey = (name: string): string =>
  `"${name}" occurs more than once: only the last one counts.`

export const NESTED_TOO_DEEPLY = 'is nested too deeply to find keys that occur more than once.'

export const IS_DANGLING = 'is a symbolic link to a file or directory that does not exist'

export const IS_NO_DIRECTORY =
  'is not a directory, so it contains no settings. Rename it or remove it'

export const ruleWithoutEffect = (
  list: string,
  rule: string,
  reason: string,
  meant: string | null,
): string =>
  `${list} rule "${shortName(rule)}" has no effect: ${reason}.${meant === null ? '' : ` ${didYouMean(shortName(meant))}`}`

export const WRONG_TYPE = 'wrong type'

export const notListOfStrings = (name: string): string =>
  `"${name}" must be a list of strings; other values are ignored`

/** Rules and variables of such a file are ignored: another user may have written them. */
export const writableByOthers = (path: string): string =>
  `is writable by other users, so its permissions are ignored; run: chmod 600 ${path}`

export const accountsWritableByOthers = (path: string): string =>
  `is writable by other users, so its accounts are not used; check its addresses, then run: chmod 600 ${path}`

// Saving

export const WRITABLE_BY_OTHERS = 'the file is writable by other users'

const NOT_SAVED = 'Not saved: '

export const notSaved = (reason: string): string => NOT_SAVED + reason

export const NOT_SAVED_HINT = 'The change applies to this session only.'

/** The reason of `notSaved`. */
export const reasonOf = (message: string): string =>
  message.startsWith(NOT_SAVED) ? message.slice(NOT_SAVED.length) : message

// Trust

/** What a directory asks to be trusted for. The text is shown in the question and saved with the answer. */
export const grantOfRule = (rule: string): string => `allow ${rule}`
export const grantOfDirectory = (directory: string): string => `read ${directory}`
export const grantOfAppearance = (kind: 'theme' | 'keymap', name: string): string =>
  `use ${kind} ${name}`
export const grantOfSkills = (directory: string): string =>
  `describe the skills of ${directory} to the agent`
export const grantOfInstructions = (file: string): string => `send ${file} to the agent`
/** The file of such a grant; null for another one. */
export const instructionsOfGrant = (grant: string): string | null =>
  /^send (.+) to the agent$/.exec(grant)?.[1] ?? null
// Verbatim: trust files contain this text; with another one every user would be asked again.
export const grantOfPrompts = (directory: string): string => `enable prompts from ${directory}`

/** What the directory names is not shipped with letta. `grant` as in the trust question. */
export const appearanceIgnored = (grant: string): string =>
  `This directory is not trusted, so its settings cannot ${grant}: it is not shipped with letta (${commandReference('directory.trust')}).`

// Accounts

export const ACCOUNTS_INVALID = 'is not a list of accounts'

export const KEYCHAIN_MISSING: MessageWithHint = {
  message:
    'The keychain of the system requires the package @napi-rs/keyring, which is not installed.',
  hint: `Run: npm install --global @napi-rs/keyring (or remove "keychain" from ${fileReference('settings.json')}).`,
}

export const keychainFailed = (reason: string): MessageWithHint => ({
  message: `The keychain of the system cannot be used: ${reason}`,
  hint: `Unlock it, or remove "keychain" from ${fileReference('settings.json')} and sign in again.`,
})
