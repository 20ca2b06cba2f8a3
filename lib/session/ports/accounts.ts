import { chooseBackend } from '../../client/backend.ts'
import { UnknownAgent } from '../../client/gateway/known-agent.ts'
import { UserError } from '../../util/user-error.ts'
import {
  type Account,
  type Credentials,
  requiresKey,
  type SignedIn,
  signIn,
  signOut,
} from '../accounts.ts'
import { DEMO_SAVES_NOTHING } from '../messages.ts'
import type { Opener } from '../opener.ts'
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
  /** Deletes what was saved; gives sentences about what was deleted and what stays. */
  signOut(): Promise<readonly string[]>
}

export function createAccounts(context: SessionContext, opener: Opener): AccountsPort {
  const { options } = context.base
  return {
    requiresKey,
    async signIn(account, given) {
      if (options.demo) throw new UserError(DEMO_SAVES_NOTHING)
      options.hide?.(given.key.trim())
      const { settings } = context.base
      const signedIn = await signIn(settings, account, given, context.environment)
      // An agent that is still being opened does not find the models of the new key.
      const failure = await opener.opened.then(
        () => null,
        (thrown: unknown) => thrown,
      )
      context.environment = signedIn.environment
      const isProvider = signedIn.models !== null
      if (!isProvider) {
        const backend = chooseBackend(null, signedIn.environment)
        return { ...signedIn, isUsed: await opener.switchServer(backend) }
      }
      await context.services?.useProviders?.(signedIn.environment)
      const isEmbedded = context.base.options.backend.type === 'embedded'
      // After an unknown agent the user chooses the one to open.
      const isChosen = context.store.state.agent !== null || failure instanceof UnknownAgent
      if (isEmbedded && !isChosen) await opener.open('last')
      return { ...signedIn, isUsed: context.services?.useProviders !== undefined }
    },
    signOut() {
      const { settings } = context.base
      // Variables from the settings no longer exist.
      const stored = settings.user.env
      const set = Object.entries(options.environment).filter(
        ([name, value]) => value !== stored[name],
      )
      return signOut(settings, Object.fromEntries(set))
    },
  }
}
