import { spellOut } from '../../util/invisible-characters.ts'
import type { MessageWithHint, UserError } from '../../util/user-error.ts'

/** Keys, accounts and servers. */

export const OPENAI_COMPATIBLE_ENDPOINT = 'OpenAI-compatible endpoint'
export const LETTA_CLOUD = 'Letta Cloud'
export const SELF_HOSTED_SERVER = 'Self-hosted Letta server'

export function accountNotFound(name: string): string {
  return `Account "${spellOut(name)}" not found.`
}

export const ACCOUNT_NAME_INVALID =
  'The name of an account has at most 64 letters, digits, dots, colons, hyphens or underscores.'

export function accountsDeleted(names: readonly string[]): string {
  return `Signed out of ${names.map(spellOut).join(', ')}.`
}

export const DEMO_SAVES_NOTHING = 'Not available in demo mode.'

export const NOTHING_STORED = 'No key is stored.'

export function signedOut(names: readonly string[]): string {
  return `Signed out. Deleted from your settings: ${names.map(spellOut).join(', ')}.`
}

export function stillSet(names: readonly string[]): string {
  const verb = names.length === 1 ? 'is' : 'are'
  return `${names.map(spellOut).join(', ')} ${verb} still set in the environment.`
}

/** Of a Letta server, or of an endpoint for models. */
export function exampleAddress(type: 'provider' | 'server'): string {
  return type === 'server' ? 'http://localhost:8283' : 'http://localhost:8080/v1'
}

export function invalidUrl(url: string, type: 'provider' | 'server'): MessageWithHint {
  return {
    message: `"${spellOut(url)}" is not a valid http(s) URL.`,
    hint: `Example: ${exampleAddress(type)}`,
  }
}

export const URL_CONTAINS_PASSWORD: MessageWithHint = {
  message: 'The URL contains a password, which would be displayed.',
  hint: 'Omit it; you will be prompted for it.',
}

/** `problem`: why the keychain of the system cannot be used. */
export function savedWithoutKeychain({ message, hint }: UserError): MessageWithHint {
  return {
    message: `The key is saved in a file that only you can read. ${message}`,
    hint: hint ?? '',
  }
}

/** Keys of model providers that a locked keychain keeps from a start. */
export function keysNotRead(
  names: readonly string[],
  { message, hint }: UserError,
): MessageWithHint {
  const verb = names.length === 1 ? 'is' : 'are'
  return {
    message: `${names.map(spellOut).join(', ')} ${verb} not used. ${message}`,
    hint: hint ?? '',
  }
}

export function deletedFromKeychain(names: readonly string[]): string {
  return `Deleted from the keychain of the system: ${names.map(spellOut).join(', ')}.`
}

/** After signing out: what the user may have to delete or to revoke. */
export function leftInKeychain(names: readonly string[], reason: string): MessageWithHint {
  return {
    message: `No longer used, but still in the keychain of the system: ${names.map(spellOut).join(', ')}. ${reason}`,
    hint: 'Unlock it, and sign out again (letta logout). Tokens there stay valid until they expire.',
  }
}

export function noKeyEntered(account: string): string {
  return `${spellOut(account)}: no API key entered.`
}

export function keyHasInvalidCharacters(account: string): string {
  return `${spellOut(account)}: the key contains invalid characters.`
}

export function variableInTheWay(name: string): MessageWithHint {
  return {
    message: `${name} is set in the environment and would be used together with the new key.`,
    hint: `Unset it first: unset ${name}`,
  }
}
