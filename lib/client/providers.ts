import { messageOf, UserError } from '../util/user-error.ts'

/** A model vendor that the embedded server can speak to. */
export interface Vendor {
  readonly id: string
  readonly title: string
  readonly keyVariable: string
  readonly baseUrlVariable: string
}

export async function listVendors(): Promise<readonly Vendor[]> {
  const { hostedProviders } = await import('../server/providers/index.ts')
  return hostedProviders
}

/** The handles of a vendor's models, asked of it with this key: throws a `Problem` when key or address is wrong. */
export async function askVendor(
  id: string,
  { key, address }: { readonly key: string; readonly address: string | null },
): Promise<readonly string[]> {
  const { hostedProviders, verifyProvider } = await import('../server/providers/index.ts')
  const vendor = hostedProviders.find((one) => one.id === id)
  if (vendor === undefined) throw new UserError(`There is no vendor "${id}".`)
  try {
    const given = { key: key === '' ? null : key, address }
    const models = await verifyProvider(vendor, given, AbortSignal.timeout(LIMIT_MS))
    return models.map(({ handle }) => handle)
  } catch (thrown) {
    throw new UserError(messageOf(thrown), { hint: 'Nothing was kept.', cause: thrown })
  }
}

const LIMIT_MS = 15_000
