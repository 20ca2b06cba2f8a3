import { createServer } from 'node:http'
import { getRequestListener } from '@hono/node-server'
import { openServer } from '../../lib/server/app.ts'
import { type ScriptedProvider, scriptedProvider } from './scripted-provider.ts'

/** What the sign-in answers to one request: a status and a body. A text is no JSON. */
export type CloudAnswer = readonly [status: number, body: object | string]

/** Letta Cloud on loopback: a sign-in by code whose answers are scripted, and an API that requires the newest token. */
export interface ScriptedCloud {
  readonly url: string
  readonly model: ScriptedProvider
  /** The path and the body of each request to the sign-in. */
  readonly requests: readonly { readonly path: string; readonly body: Record<string, unknown> }[]
  /** The next answers to polls, before the tokens. */
  polls: CloudAnswer[]
  /** Seconds for which new tokens are valid. */
  expiresIn: number
  /** No token is accepted from now on, and no refresh token unless `isRenewable`. */
  rejectTokens(isRenewable: boolean): void
  close(): Promise<void>
}

export const PENDING: CloudAnswer = [400, { error: 'authorization_pending' }]
export const USER_CODE = 'WXYZ-2345'

export async function scriptedCloud(): Promise<ScriptedCloud> {
  const model = scriptedProvider()
  const letta = await openServer({ database: ':memory:', providers: [model] })
  const requests: { path: string; body: Record<string, unknown> }[] = []
  let count = 0
  let accepted = { access: '', refresh: '' }
  const tokens = (): CloudAnswer => {
    count += 1
    accepted = { access: `access-token-${count}`, refresh: `refresh-token-${count}` }
    const { access, refresh } = accepted
    return [200, { access_token: access, refresh_token: refresh, expires_in: cloud.expiresIn }]
  }
  const answerToken = (body: Record<string, unknown>): CloudAnswer => {
    if (body['grant_type'] !== 'refresh_token') return cloud.polls.shift() ?? tokens()
    const isValid = body['refresh_token'] === accepted.refresh && accepted.refresh !== ''
    return isValid ? tokens() : [400, { error: 'invalid_grant' }]
  }
  const answerSignIn = (path: string, body: Record<string, unknown>): CloudAnswer => {
    if (path.endsWith('/device/code')) {
      const url = `${cloud.url}/activate`
      return [
        200,
        {
          device_code: 'device-1',
          user_code: USER_CODE,
          verification_uri: url,
          verification_uri_complete: `${url}?user_code=${USER_CODE}`,
          expires_in: 900,
          interval: 0,
        },
      ]
    }
    return path.endsWith('/token') ? answerToken(body) : [200, {}]
  }
  const server = createServer(
    getRequestListener(async (request) => {
      const { pathname: path } = new URL(request.url)
      if (path.startsWith('/api/oauth/')) {
        const body = Object(await request.json())
        requests.push({ path, body })
        const [status, answer] = answerSignIn(path, body)
        return typeof answer === 'string'
          ? new Response(answer, { status })
          : Response.json(answer, { status })
      }
      const isAccepted =
        accepted.access !== '' &&
        request.headers.get('authorization') === `Bearer ${accepted.access}`
      if (!isAccepted) return Response.json({ detail: 'Unauthorized' }, { status: 401 })
      return letta.fetch(request)
    }),
  )
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const cloud: ScriptedCloud = {
    url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`,
    model,
    requests,
    polls: [],
    expiresIn: 3600,
    rejectTokens(isRenewable) {
      accepted = { access: '', refresh: isRenewable ? accepted.refresh : '' }
    },
    async close() {
      server.closeAllConnections()
      server.close()
      await letta.close()
    },
  }
  return cloud
}
