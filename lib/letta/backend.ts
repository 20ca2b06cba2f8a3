import { Problem } from '../problem.ts'

/** Which Letta server to speak to, before anything is connected. */
export type BackendChoice =
  | { readonly kind: 'embedded' }
  | { readonly kind: 'cloud'; readonly apiKey: string }
  | { readonly kind: 'selfHosted'; readonly url: string; readonly password: string | null }

/**
 * The flag wins (`embedded`, `cloud` or an address), then `LETTA_BASE_URL`, then `LETTA_API_KEY`; without any of them the
 * embedded server.
 */
export function chooseBackend(
  flag: string | null,
  environment: Readonly<Record<string, string | undefined>>,
): BackendChoice {
  const key = environment['LETTA_API_KEY'] || null
  const url = environment['LETTA_BASE_URL'] || null
  const password = environment['LETTA_SERVER_PASSWORD'] || key
  if (flag === 'embedded') return { kind: 'embedded' }
  if (flag === 'cloud') return cloud(key)
  if (flag !== null) return { kind: 'selfHosted', url: flag, password }
  if (url !== null) return { kind: 'selfHosted', url, password }
  return key === null ? { kind: 'embedded' } : cloud(key)
}

function cloud(apiKey: string | null): BackendChoice {
  if (apiKey !== null) return { kind: 'cloud', apiKey }
  throw new Problem('Letta Cloud wants a key: LETTA_API_KEY is not set.', {
    hint: 'Get one at https://app.letta.com, or leave --backend out to use the embedded server.',
  })
}
