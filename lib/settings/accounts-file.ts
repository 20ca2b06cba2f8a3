import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import * as z from 'zod'
import { isRecord, type JsonObject } from '../util/is-record.ts'
import { UserError } from '../util/user-error.ts'
import { describeProblem, isForeign, problemAt, runInTurn } from './json-file.ts'
import { ACCOUNTS_INVALID, accountsWritableByOthers } from './messages.ts'
import { chmodPrivate, openSettingsDocument } from './settings-file.ts'

/** A Letta server with the credentials for it, as `~/.letta/accounts.json` has it. What a newer version has added is preserved. */
const accountShape = z.looseObject({
  server: z.string(),
  /** Where tokens are renewed; absent for an API key or a password. */
  signInAt: z.string().optional(),
  /** Milliseconds since 1970. */
  expiresAt: z.number().optional(),
  /** The secrets are in the keychain. */
  keychain: z.literal(true).optional(),
  /** An API key, a password or an access token. */
  key: z.string().optional(),
  refresh: z.string().optional(),
})

const fileShape = z.object({
  current: z.string().nullable().default(null),
  deviceId: z.string().optional(),
  accounts: z.record(z.string(), accountShape).default({}),
  /** Variables of the settings whose values are in the keychain. */
  keychainVariables: z.array(z.string()).default([]),
  /** Secrets in the keychain that are no longer used, and that could not be deleted. */
  keychainLeft: z.array(z.string()).default([]),
})

export type StoredAccount = Readonly<z.output<typeof accountShape>>
type StoredAccounts = Readonly<z.output<typeof fileShape>>

interface AccountsFile {
  /** Throws a `UserError` when the file cannot be used: then no server is chosen in its place. */
  read(): StoredAccounts
  /** Reads the file again. */
  reload(): Promise<void>
  /** Reads, changes and writes under a lock. Only what `change` returns differently is written. */
  update(change: (stored: StoredAccounts) => StoredAccounts): Promise<void>
  /** The id of this machine, made once. */
  deviceId(): Promise<string>
  /** One process at a time renews tokens, each of which is valid once. */
  inTurn<Value>(work: () => Promise<Value>): Promise<Value>
}

/** Readable by the user only: mode 0600. */
export function openAccountsFile(lettaDirectory: string): AccountsFile {
  const path = join(lettaDirectory, 'accounts.json')
  const options = { path, personal: true, within: null }
  const document = openSettingsDocument(options)
  chmodPrivate(document)

  const decode = (value: JsonObject): StoredAccounts => {
    const parsed = fileShape.safeParse(value)
    if (parsed.success) return parsed.data
    throw new UserError(describeProblem(problemAt(path, ACCOUNTS_INVALID)))
  }
  const file: AccountsFile = {
    read() {
      const { reading, value } = document
      if (reading.problem !== null) throw new UserError(describeProblem(reading.problem))
      // Another user may have named a server that the credentials would be sent to.
      if (isForeign(reading)) {
        throw new UserError(describeProblem(problemAt(path, accountsWritableByOthers(path))))
      }
      return decode(value)
    },
    // An empty change reloads the file.
    reload: () => document.update((value) => value),
    update: (change) =>
      document.update((value) => {
        const before = decode(value)
        const after = change(before)
        return after === before ? value : { ...value, ...withoutUndefined(after) }
      }),
    async deviceId() {
      const known = file.read().deviceId
      if (known !== undefined) return known
      const made = randomUUID()
      await file.update((stored) => ({ ...stored, deviceId: stored.deviceId ?? made }))
      return file.read().deviceId ?? made
    },
    inTurn: (work) =>
      runInTurn({ ...options, path: `${path}.renewal` }, async () => {
        await file.reload()
        return work()
      }),
  }
  return file
}

function withoutUndefined(value: unknown): JsonObject {
  const copy: unknown = JSON.parse(JSON.stringify(value))
  return isRecord(copy) ? copy : {}
}
