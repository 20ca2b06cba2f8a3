import { spellOut } from '../../lib/util/invisible-characters.ts'
import { commandReference, fileReference } from '../../lib/util/references.ts'

/** Rules, and the trust in a directory. */

export const NO_SAFE_RULE = 'No safe rule exists for this call; approve it each time.'

export function removedRule(list: string, rule: string): string {
  return `Removed ${list} rule ${spellOut(rule)}.`
}

export function ruleNotSet(rule: string): string {
  return `Rule ${spellOut(rule)} was removed already.`
}

export function ruleDefinedIn(rule: string, source: string): string {
  return `${spellOut(rule)} is defined in ${source}; edit it there.`
}

export function directoryNotTrusted(): string {
  return `Directory not trusted; its permission rules are ignored (${commandReference('directory.trust')}).`
}

/** The rows of `/permissions` about what rules do not bind. */
export const LIMIT_TITLE = 'outside of rules'

export function removableRule(source: string): string {
  return `${source}; select to remove`
}

export const RULE_SOURCES = {
  flag: 'the command line',
  session: 'this session',
  local: '.letta/settings.local.json',
  project: '.letta/settings.json',
  user: fileReference('settings.json'),
} as const

export const ALWAYS_ALLOW = 'Always allow'

export const EDIT_RULE = {
  title: 'Edit rule',
  explanation: 'For example Bash(npm test:*) or Edit(src/**).',
} as const

export const NO_NEW_RULES = 'No new rules to accept.'

export const DIRECTORY_TRUSTED =
  'Trusted this directory. Its permission rules and instructions now apply.'

export const TRUST_TITLE = 'Trust this directory?'

export const TRUST_QUESTION = 'Trust it?'

export const TRUST_EXPLANATION =
  'Its settings allow this without approval. Without trust everything still works, but each of these calls needs your approval. Deny rules always apply.'
