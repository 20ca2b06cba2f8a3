import { isLocalUrl } from '../util/address.ts'
import { messageOf, UserError } from '../util/user-error.ts'
import { NOTHING_SAVED, unknownProvider } from './messages.ts'

/** A model provider that the embedded server can use with the user's key. */
interface ProviderVariables {
  readonly id: string
  readonly title: string
  readonly keyVariable: string
  readonly baseUrlVariable: string
}

const VERIFY_TIMEOUT_MS = 15_000

export async function listProviders(): Promise<readonly ProviderVariables[]> {
  const { hostedProviders } = await import('../server/providers/index.ts')
  return hostedProviders
}

/** The providers of the embedded server with an address of the user's: they take any model, listed or not. */
export async function listCustomProviders(
  environment: Readonly<Record<string, string | undefined>>,
): Promise<readonly string[]> {
  const all = await listProviders()
  return all
    .filter(({ baseUrlVariable }) => (environment[baseUrlVariable]?.trim() ?? '') !== '')
    .map(({ id }) => id)
}

/**
 * Whether an OpenAI-compatible endpoint requires a key. On this machine or network its list of models is believed; elsewhere
 * many list their models to everybody. Throws a `UserError` when it cannot be reached or is no such endpoint.
 */
export async function endpointRequiresKey(address: string): Promise<boolean> {
  const { ProviderError } = await import('../server/providers/provider.ts')
  try {
    await listProviderModels('openai', { key: '', address })
    return !isLocalUrl(address)
  } catch (thrown) {
    const cause = thrown instanceof UserError ? thrown.cause : null
    if (cause instanceof ProviderError && cause.type === 'authentication') return true
    throw thrown
  }
}

/** The handles of a provider's models, listed with this key; throws a `UserError` when key or address is wrong. */
export async function listProviderModels(
  id: string,
  { key, address }: { readonly key: string; readonly address: string | null },
): Promise<readonly string[]> {
  const { hostedProviders, verifyProvider } = await import('../server/providers/index.ts')
  const provider = hostedProviders.find((one) => one.id === id)
  if (provider === undefined) throw new UserError(unknownProvider(id))
  try {
    const account = { key: key === '' ? null : key, address }
    const models = await verifyProvider(provider, account, AbortSignal.timeout(VERIFY_TIMEOUT_MS))
    return models.map(({ handle }) => handle)
  } catch (thrown) {
    throw new UserError(messageOf(thrown), { hint: NOTHING_SAVED, cause: thrown })
  }
}
