import { createRequire } from 'node:module'
import { createUserError, messageOf } from '../util/user-error.ts'
import { KEYCHAIN_MISSING, keychainFailed } from './messages.ts'

/** Secrets in the keychain of the system: Keychain, Credential Manager or the Secret Service. */
export interface Keychain {
  /** Null when it is not there. */
  get(name: string): Promise<string | null>
  set(name: string, secret: string): Promise<void>
  delete(name: string): Promise<void>
}

const SERVICE = 'letta-workbench'

/** What is used of the package. */
interface KeyringPackage {
  readonly AsyncEntry: new (
    service: string,
    name: string,
  ) => {
    getPassword(): Promise<string | null | undefined>
    setPassword(secret: string): Promise<void>
    deletePassword(): Promise<unknown>
  }
}

/** The package is native and large, so the user installs it. Throws a `UserError` when it is missing. */
export async function openKeychain(load = loadPackage): Promise<Keychain> {
  const { AsyncEntry } = await load().catch((thrown: unknown) => {
    throw createUserError(KEYCHAIN_MISSING, thrown)
  })
  const on = async <Value>(
    name: string,
    work: (entry: InstanceType<typeof AsyncEntry>) => Promise<Value>,
  ): Promise<Value> => {
    try {
      return await work(new AsyncEntry(SERVICE, name))
    } catch (thrown) {
      throw createUserError(keychainFailed(messageOf(thrown)), thrown)
    }
  }
  return {
    get: (name) => on(name, async (entry) => (await entry.getPassword()) ?? null),
    set: (name, secret) => on(name, (entry) => entry.setPassword(secret)),
    delete: (name) => on(name, async (entry) => void (await entry.deletePassword())),
  }
}

/** By `require`, which the bundler leaves alone: most users do not have the package. */
async function loadPackage(): Promise<KeyringPackage> {
  return createRequire(import.meta.url)('@napi-rs/keyring')
}
