import {
  type AccountAccess,
  type AccountBackend,
  CLOUD_URL,
  defaultAccountName,
  serverAddress,
} from '../client/backend.ts'
import { createDeviceSignIn, SIGN_IN_URL, type Tokens } from '../client/device-sign-in.ts'
import { openAccountsFile, type StoredAccount } from '../settings/accounts-file.ts'
import { type Keychain, openKeychain } from '../settings/keychain.ts'
import { suggestionHint } from '../util/did-you-mean.ts'
import { ignoreUserError, UserError } from '../util/user-error.ts'
import { ACCOUNT_NAME_INVALID, accountNotFound, savedWithoutKeychain } from './messages/accounts.ts'

/** A Letta server that the user has signed in to. */
export interface SavedAccount {
  readonly name: string
  readonly server: string
  readonly isCloud: boolean
  /** Signed in by a code: its tokens are renewed. */
  readonly hasTokens: boolean
  readonly isInKeychain: boolean
}

/** The accounts on this machine, side by side; one of them, or the embedded server, is used. */
export interface SavedAccounts {
  /** The address of Letta Cloud. */
  readonly cloudUrl: string
  list(): readonly SavedAccount[]
  /** The same, with what other processes have changed since. */
  listAgain(): Promise<readonly SavedAccount[]>
  /** The name of the one that is used; null for the embedded server. */
  readonly current: string | null
  /** Throws a `UserError` when the name is unknown. */
  backendOf(name: string): AccountBackend
  /** The account on a server, that in use first; `cloud` for Letta Cloud. */
  findOn(server: string): SavedAccount | null
  /** Saves an account, and uses it from then on. One of the same name is replaced. */
  save(account: NewAccount): Promise<AccountBackend>
  /** Saves a key that the settings contained, in addition to other accounts on the server, unless one of them has it. */
  keep(server: string, key: string): Promise<void>
  /** `null` uses the embedded server. */
  use(name: string | null): Promise<void>
  /** Deletes the account, and revokes its tokens. Secrets that stay in the keychain are in `left`. */
  remove(name: string): Promise<void>
  /** The client that signs in to Letta Cloud by a code. */
  deviceSignIn(): Promise<ReturnType<typeof createDeviceSignIn>>
  /** Once: why a secret has been saved in a file since the last call although the setting names the keychain; or null. */
  takeKeychainProblem(): UserError | null
  /** Secrets in the keychain that are no longer used, and why they could not be deleted. Each removal tries again. */
  readonly left: { readonly names: readonly string[]; readonly problem: UserError | null }
  /** Variables of the settings that are in the keychain, and those that could not be read, without those that are set. */
  keychainVariables(environment: SetVariables): Promise<KeychainVariables>
  /** False when the keychain cannot be used: then the caller saves the secret in a file. */
  saveVariable(name: string, secret: string): Promise<boolean>
  /** The names of those that were there. */
  removeVariables(names: readonly string[]): Promise<readonly string[]>
}

export interface NewAccount {
  /** Null for the usual name on the server. */
  readonly name: string | null
  readonly server: string
  /** An API key or a password, which may be empty; or tokens. */
  readonly secret: string | Tokens
}

type Report = (notice: string) => void

type SetVariables = Readonly<Record<string, string | undefined>>

interface KeychainVariables {
  readonly values: Readonly<Record<string, string>>
  readonly unread: readonly string[]
  /** Why the last of these could not be read. */
  readonly problem: UserError | null
}

interface SavedAccountsOptions {
  readonly lettaDirectory: string
  readonly usesKeychain: boolean
  /** Addresses of Letta Cloud; others in tests and private installations. */
  readonly environment: SetVariables
  /** Receives each key and token, to be removed from recordings and logs. */
  readonly hide?: (secret: string) => void
  readonly keychain?: () => Promise<Keychain>
  readonly now?: () => number
}

/** A token that expires within this time is renewed before it is used, as Letta Code does. */
const RENEWAL_MS = 5 * 60_000
/** A server whose tokens expire at once, or that rejects each of them, is not asked for others before each request. */
const RENEWAL_PAUSE_MS = 30_000

/** The word for no account, in `--account` and `letta accounts use`. */
export const EMBEDDED = 'embedded'

export function openSavedAccounts({
  lettaDirectory,
  usesKeychain,
  environment,
  hide: hideNew = () => {},
  keychain: open = openKeychain,
  now = Date.now,
}: SavedAccountsOptions): SavedAccounts {
  const hidden = new Set<string>()
  const hide = (secret = ''): void => {
    if (secret === '' || hidden.has(secret)) return
    hidden.add(secret)
    hideNew(secret)
  }
  const opened = openAccountsFile(lettaDirectory)
  const file: typeof opened = {
    ...opened,
    read() {
      const stored = opened.read()
      for (const { key, refresh } of Object.values(stored.accounts)) {
        hide(key)
        hide(refresh)
      }
      return stored
    },
  }
  const cloudUrl = environment['LETTA_CLOUD_URL'] || CLOUD_URL
  const signInUrl = environment['LETTA_SIGN_IN_URL'] || SIGN_IN_URL
  let unlocked: Promise<Keychain> | null = null
  const keychain = (): Promise<Keychain> => (unlocked ??= open())
  const renewals = new Map<string, Promise<string | null>>()
  const renewedAt = new Map<string, number>()

  const isCloud = ({ server }: Pick<StoredAccount, 'server'>): boolean =>
    [CLOUD_URL, cloudUrl].includes(server)
  /** A server as it is stored, and the name of the first account there. */
  const placeOf = (written: string) => {
    const server = written === CLOUD_URL ? cloudUrl : written
    return { server, usualName: defaultAccountName({ url: server, isCloud: isCloud({ server }) }) }
  }
  const find = (name: string): StoredAccount | undefined => {
    const { accounts } = file.read()
    return Object.hasOwn(accounts, name) ? accounts[name] : undefined
  }
  const requireAccount = (name: string): StoredAccount => {
    const found = find(name)
    if (found !== undefined) return found
    const names = Object.keys(file.read().accounts)
    throw new UserError(accountNotFound(name), { hint: suggestionHint(name, [...names, EMBEDDED]) })
  }
  const secretOf = async (name: string, which: 'key' | 'refresh'): Promise<string> => {
    const account = find(name)
    const secret =
      account?.keychain === true
        ? await (await keychain()).get(`${name}/${which}`)
        : account?.[which]
    hide(secret ?? '')
    return secret ?? ''
  }
  let keychainProblem: UserError | null = null
  /** False when the secrets belong into a file: by the setting, or because a keychain that fails must not lose new tokens. */
  const putInKeychain = async (put: (chain: Keychain) => Promise<void>): Promise<boolean> => {
    if (!usesKeychain) return false
    try {
      await put(await keychain())
      return true
    } catch (thrown) {
      if (!(thrown instanceof UserError)) throw thrown
      keychainProblem = thrown
      return false
    }
  }
  const takeKeychainProblem = (): UserError | null => {
    const problem = keychainProblem
    keychainProblem = null
    return problem
  }
  const write = async (name: string, account: StoredAccount): Promise<void> => {
    const { key = '', refresh, ...facts } = account
    hide(key)
    hide(refresh)
    const put: string[] = []
    const isInKeychain = await putInKeychain(async (chain) => {
      // The refresh token first: with it alone a process that is killed here can still renew the key.
      if (refresh !== undefined) {
        await chain.set(`${name}/refresh`, refresh)
        put.push(`${name}/refresh`)
      }
      await chain.set(`${name}/key`, key)
    })
    const secrets = isInKeychain ? { keychain: true as const } : { key, refresh }
    await file.update((stored) => ({
      ...stored,
      accounts: { ...stored.accounts, [name]: { ...facts, ...secrets } },
      keychainLeft: isInKeychain
        ? without(stored.keychainLeft, entriesOf(name))
        : leftAfter(stored, stored.accounts[name]?.keychain === true ? entriesOf(name) : put),
    }))
  }
  let deletionProblem: UserError | null = null
  const deleteLeft = async (): Promise<void> => {
    deletionProblem = null
    const deleted: string[] = []
    for (const name of file.read().keychainLeft) {
      try {
        await (await keychain()).delete(name)
        deleted.push(name)
      } catch (thrown) {
        if (!(thrown instanceof UserError)) throw thrown
        deletionProblem = thrown
      }
    }
    if (deleted.length === 0) return
    await file.update((stored) => ({
      ...stored,
      keychainLeft: without(stored.keychainLeft, deleted),
    }))
  }
  let isReported = false
  /** Once for all accounts, and again after the keychain could be used meanwhile. */
  const reportRenewal = (report: Report | null): void => {
    const problem = takeKeychainProblem()
    if (problem === null) {
      isReported = false
    } else if (report !== null && !isReported) {
      const { message, hint } = savedWithoutKeychain(problem)
      report(`${message} ${hint}`.trim())
      isReported = true
    }
  }
  const withTokens = (server: string, signInAt: string, tokens: Tokens): StoredAccount => ({
    server,
    signInAt,
    key: tokens.access,
    refresh: tokens.refresh ?? undefined,
    expiresAt: expiry(tokens),
  })
  const expiry = ({ expiresInMs }: Tokens): number | undefined =>
    expiresInMs === null ? undefined : now() + expiresInMs

  /**
   * Another process may have renewed the tokens, which makes the refresh token of this one invalid. The account may also be one on
   * another server by now, whose key is not for this one.
   */
  const renewInTurn = (
    name: string,
    server: string,
    rejected: string,
    report: Report | null,
  ): Promise<string | null> =>
    file.inTurn(async () => {
      const account = find(name)
      if (account?.server !== server) return null
      const stored = await secretOf(name, 'key')
      if (stored !== rejected) return stored === '' ? null : stored
      const refresh = await secretOf(name, 'refresh')
      if (account.signInAt === undefined || refresh === '') return null
      const last = renewedAt.get(name)
      if (last !== undefined && now() - last < RENEWAL_PAUSE_MS) return null
      renewedAt.set(name, now())
      const url = account.signInAt
      const client = createDeviceSignIn({ url, deviceId: await file.deviceId() })
      // The server answers that the token is not valid, which names what to do.
      const tokens = await client.refresh(refresh).catch(ignoreUserError)
      if (tokens === null) return null
      await write(
        name,
        withTokens(account.server, url, { ...tokens, refresh: tokens.refresh ?? refresh }),
      )
      reportRenewal(report)
      return tokens.access
    })
  const renew = (
    name: string,
    server: string,
    rejected: string,
    report: Report | null,
  ): Promise<string | null> => {
    const key = JSON.stringify([name, server])
    const running = renewals.get(key)
    if (running !== undefined) return running
    const renewal = renewInTurn(name, server, rejected, report).finally(() => renewals.delete(key))
    renewals.set(key, renewal)
    return renewal
  }
  const accessOf = (name: string, server: string): AccountAccess => {
    let known: string | null = null
    let failedAt = Number.NEGATIVE_INFINITY
    let report: Report | null = null
    const current = async (): Promise<string> =>
      (known ??= find(name)?.server === server ? await secretOf(name, 'key') : '')
    return {
      async token() {
        const token = await current()
        const account = find(name)
        const expiresAt = account?.server === server ? account.expiresAt : undefined
        if (expiresAt === undefined || expiresAt - now() > RENEWAL_MS) return token
        if (now() - failedAt < RENEWAL_PAUSE_MS) return token
        const next = await renew(name, server, token, report)
        if (next === null) failedAt = now()
        known = next ?? token
        return known
      },
      async renew(rejected) {
        if (known !== null && known !== rejected) return known
        const next = await renew(name, server, rejected, report)
        if (next !== null) known = next
        return next
      },
      reportTo(next) {
        report = next
      },
    }
  }

  const saved: SavedAccounts = {
    cloudUrl,
    list() {
      return Object.entries(file.read().accounts).map(([name, account]) => ({
        name,
        server: account.server,
        isCloud: isCloud(account),
        hasTokens: account.signInAt !== undefined,
        isInKeychain: account.keychain === true,
      }))
    },
    async listAgain() {
      await file.reload()
      return saved.list()
    },
    get current() {
      const { current } = file.read()
      return current !== null && find(current) !== undefined ? current : null
    },
    backendOf(name) {
      const account = requireAccount(name)
      return {
        type: 'account',
        name,
        url: account.server,
        isCloud: isCloud(account),
        access: accessOf(name, account.server),
      }
    },
    findOn(server) {
      const all = saved.list()
      const wanted = all.filter((one) =>
        server === 'cloud' ? one.isCloud : serverAddress(one.server) === serverAddress(server),
      )
      return wanted.find(({ name }) => name === saved.current) ?? wanted[0] ?? null
    },
    async save({ name: given, server: written, secret }) {
      const { server, usualName } = placeOf(written)
      const name = given ?? usualName
      checkName(name)
      const account =
        typeof secret === 'string' ? { server, key: secret } : withTokens(server, signInUrl, secret)
      await write(name, account)
      await file.update((stored) => ({ ...stored, current: name }))
      return saved.backendOf(name)
    },
    async keep(written, key) {
      const { server, usualName } = placeOf(written)
      const taken = saved.list()
      for (const one of taken) {
        const isThere = serverAddress(one.server) === serverAddress(server)
        if (!isThere) continue
        const secret = await secretOf(one.name, 'key').catch(ignoreUserError)
        if (secret === key) return
      }
      const names = taken.map(({ name }) => name)
      await write(freeName(usualName, names), { server, key })
    },
    async use(name) {
      if (name !== null) requireAccount(name)
      await file.update((stored) => ({ ...stored, current: name }))
    },
    async remove(name) {
      const account = requireAccount(name)
      // Without it, the tokens are valid until they expire.
      const refresh = (await secretOf(name, 'refresh').catch(ignoreUserError)) ?? ''
      await file.update((stored) => {
        const { [name]: _, ...accounts } = stored.accounts
        const current = stored.current === name ? null : stored.current
        const unused = account.keychain === true ? entriesOf(name) : []
        return { ...stored, accounts, current, keychainLeft: leftAfter(stored, unused) }
      })
      await deleteLeft()
      if (account.signInAt === undefined || refresh === '') return
      const url = account.signInAt
      await createDeviceSignIn({ url, deviceId: await file.deviceId() }).revoke(refresh)
    },
    takeKeychainProblem,
    deviceSignIn: async () =>
      createDeviceSignIn({ url: signInUrl, deviceId: await file.deviceId() }),
    get left() {
      return { names: file.read().keychainLeft, problem: deletionProblem }
    },
    async keychainVariables(set) {
      const values: Record<string, string> = {}
      const unread: string[] = []
      let problem: UserError | null = null
      for (const name of file.read().keychainVariables.filter((one) => !(one in set))) {
        try {
          const value = await (await keychain()).get(name)
          if (value !== null) values[name] = value
        } catch (thrown) {
          if (!(thrown instanceof UserError)) throw thrown
          unread.push(name)
          problem = thrown
        }
      }
      return { values, unread, problem }
    },
    async saveVariable(name, secret) {
      const isInKeychain = await putInKeychain((chain) => chain.set(name, secret))
      await file.update((stored) => {
        const others = stored.keychainVariables.filter((one) => one !== name)
        const wasInKeychain = stored.keychainVariables.includes(name)
        return isInKeychain
          ? {
              ...stored,
              keychainVariables: [...others, name],
              keychainLeft: without(stored.keychainLeft, [name]),
            }
          : {
              ...stored,
              keychainVariables: others,
              keychainLeft: leftAfter(stored, wasInKeychain ? [name] : []),
            }
      })
      return isInKeychain
    },
    async removeVariables(names) {
      const stored = file.read().keychainVariables.filter((name) => names.includes(name))
      if (stored.length > 0) {
        await file.update((all) => ({
          ...all,
          keychainVariables: without(all.keychainVariables, stored),
          keychainLeft: leftAfter(all, stored),
        }))
      }
      await deleteLeft()
      return stored
    },
  }
  return saved
}

/** The secrets of an account in the keychain. */
function entriesOf(account: string): readonly string[] {
  return [`${account}/key`, `${account}/refresh`]
}

function leftAfter(
  { keychainLeft }: { readonly keychainLeft: readonly string[] },
  unused: readonly string[],
): string[] {
  return [...new Set([...keychainLeft, ...unused])]
}

function without(names: readonly string[], removed: readonly string[]): string[] {
  return names.filter((name) => !removed.includes(name))
}

/** A name is typed in the shell, and part of a key of the settings. */
function checkName(name: string): void {
  if (/^[\p{L}\p{N}][\p{L}\p{N}._:-]{0,63}$/u.test(name) && name !== EMBEDDED) return
  throw new UserError(ACCOUNT_NAME_INVALID)
}

/** `cloud`, `cloud-2` … */
function freeName(usual: string, taken: readonly string[]): string {
  let name = usual
  for (let count = 2; taken.includes(name); count++) name = `${usual}-${count}`
  return name
}
