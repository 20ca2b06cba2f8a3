import type { BackendChoice } from '../../client/backend.ts'
import type { DeviceCode } from '../../client/device-sign-in.ts'
import { UnknownAgent } from '../../client/gateway/known-agent.ts'
import { ignoreUserError, UserError } from '../../util/user-error.ts'
import {
  type Account,
  assertNoServerVariables,
  type Credentials,
  requiresKey,
  type SignedIn,
  signIn,
  signInWithTokens,
  signOut,
} from '../accounts.ts'
import { DEMO_SAVES_NOTHING } from '../messages/accounts.ts'
import { openBrowser } from '../open-browser.ts'
import type { Opener } from '../opener.ts'
import { openSavedAccounts, type SavedAccount } from '../saved-accounts.ts'
import type { SessionContext } from '../session-context.ts'

/** Keys of providers and servers. */
export interface AccountsPort {
  /** Tests an address; resolves with whether a key is required there. */
  requiresKey(account: Account, address: string): Promise<boolean>
  /**
   * Tests and saves a key or an address. `isUsed`: at once; otherwise by the embedded server when that is in use, or (a server)
   * from the next start.
   */
  signIn(account: Account, given: Credentials): Promise<SignedIn & { readonly isUsed: boolean }>
  /**
   * Signs in to Letta Cloud by a code, which `show` shows until it is confirmed in a browser; one is opened where there is a
   * display. Rejects with a `UserError` when it is not confirmed, and when `signal` aborts.
   */
  signInByCode(
    show: (code: DeviceCode) => void,
    signal: AbortSignal,
  ): Promise<SignedIn & { readonly isUsed: boolean }>
  /** Query: the Letta servers that the user has signed in to, also in another terminal. */
  list(): Promise<readonly SavedAccount[]>
  /** Query: the name of the account in use; null for the embedded server, undefined for another one. */
  current(): string | null | undefined
  /** Continues with the project's agent on the server of an account, or on the embedded one (null). False when that fails. */
  use(name: string | null): Promise<boolean>
  /** Deletes what was saved; gives sentences about what was deleted and what stays. */
  signOut(): Promise<readonly string[]>
}

export function createAccounts(context: SessionContext, opener: Opener): AccountsPort {
  const { options, settings } = context.base
  const saved = openSavedAccounts({
    lettaDirectory: options.lettaDirectory,
    usesKeychain: settings.user.keychain,
    environment: options.environment,
    hide: (secret) => options.hide?.(secret),
  })
  const store = { settings, saved }
  const switchTo = async (signedIn: SignedIn): Promise<SignedIn & { readonly isUsed: boolean }> => {
    await opener.opened.catch(ignoreUserError)
    context.environment = signedIn.environment
    const { backend } = signedIn
    return { ...signedIn, isUsed: backend !== null && (await opener.switchServer(backend)) }
  }
  const reportWithoutKeychain = ({ withoutKeychain: problem }: SignedIn): void => {
    if (problem !== null) context.base.notify('warning', problem.message, problem.hint)
  }
  /** Of several models the user chooses one before it gets a message, and costs money. */
  const openLast = async (models: SignedIn['models']): Promise<void> => {
    if (models !== null && models.length > 1) context.store.dispatch({ type: 'queue.paused' })
    try {
      await opener.open('last')
    } catch (thrown) {
      context.store.dispatch({ type: 'queue.resumed' })
      throw thrown
    }
  }
  return {
    requiresKey,
    list: () => saved.listAgain(),
    current() {
      const { backend } = context.base.options
      if (backend.type === 'account') return backend.name
      return backend.type === 'embedded' ? null : undefined
    },
    async use(name) {
      if (options.demo) throw new UserError(DEMO_SAVES_NOTHING)
      const backend: BackendChoice = name === null ? { type: 'embedded' } : saved.backendOf(name)
      await opener.opened.catch(ignoreUserError)
      const isUsed = await opener.switchServer(backend)
      if (isUsed) await saved.use(name)
      return isUsed
    },
    async signInByCode(show, signal) {
      if (options.demo) throw new UserError(DEMO_SAVES_NOTHING)
      assertNoServerVariables(store, context.environment)
      const client = await saved.deviceSignIn()
      const code = await client.requestCode(signal)
      openBrowser(code.url, options.environment)
      show(code)
      const tokens = await client.waitForTokens(code, signal)
      const signedIn = await signInWithTokens(store, tokens, context.environment)
      const switched = await switchTo(signedIn)
      reportWithoutKeychain(signedIn)
      return switched
    },
    async signIn(account, given) {
      if (options.demo) throw new UserError(DEMO_SAVES_NOTHING)
      options.hide?.(given.key.trim())
      const signedIn = await signIn(store, account, given, context.environment)
      reportWithoutKeychain(signedIn)
      if (signedIn.backend !== null) return switchTo(signedIn)
      // An agent that is still being opened does not find the models of the new key.
      const failure = await opener.opened.then(
        () => null,
        (thrown: unknown) => thrown,
      )
      context.environment = signedIn.environment
      await context.services?.useProviders?.(signedIn.environment)
      const isEmbedded = context.base.options.backend.type === 'embedded'
      // After an unknown agent the user chooses the one to open.
      const isChosen = context.store.state.agent !== null || failure instanceof UnknownAgent
      if (isEmbedded && !isChosen) await openLast(signedIn.models)
      return { ...signedIn, isUsed: context.services?.useProviders !== undefined }
    },
    signOut() {
      // Variables from the settings no longer exist.
      const stored = settings.user.env
      const set = Object.entries(options.environment).filter(
        ([name, value]) => value !== stored[name],
      )
      return signOut(store, Object.fromEntries(set))
    },
  }
}
