import { join } from 'node:path'
import type { Invocation } from '../../lib/cli/parse.ts'
import { UsageError } from '../../lib/cli/parsed-flags.ts'
import { loadOrCreateToken } from '../../lib/server/http/token.ts'
import { findProviders } from '../../lib/server/providers/index.ts'
import { serve } from '../../lib/server/serve.ts'
import { environmentOf, openSettings } from '../../lib/settings/settings.ts'
import { absolutePath, type Surroundings } from '../io/cli-environment.ts'

type Given = Extract<Invocation, { kind: 'subcommand' }>

const PORT = 8283

/** `letta serve`: the embedded server on a port, until a signal comes. Gives the exit code. */
export async function serveUntilStopped(around: Surroundings, { given }: Given): Promise<number> {
  const port = portOf(given.text('port'))
  const host = given.text('host') ?? '127.0.0.1'
  const environment = environmentOf(
    openSettings({ home: around.home, directory: around.home }),
    around.environment,
  )
  const password = environment['LETTA_SERVER_PASSWORD']
  const token = password ?? (await loadOrCreateToken(join(around.home, '.letta', 'server-token')))
  if (given.has('print-token')) {
    print(token)
    if (!['host', 'port', 'database', 'demo'].some((name) => given.has(name))) return 0
  }
  const stopped = stopSignal()
  const isDemo = given.has('demo')
  const server = await serve({
    database: databaseOf(around, given.text('database'), isDemo),
    providers: await findProviders({ environment, demo: isDemo, probeLocal: !isDemo }),
    host,
    port,
    token,
    onNotice: tell,
  })
  print(server.url)
  tell(
    password === undefined
      ? 'The token is kept in ~/.letta/server-token: letta serve --print-token'
      : 'The token is LETTA_SERVER_PASSWORD.',
  )
  if (server.isPublic) {
    tell('Other machines can reach this address, and what is sent to it can be read on the way.')
  }
  const signal = await stopped
  await server.close()
  return signal === 'SIGINT' ? 130 : 143
}

function portOf(text: string | null): number {
  if (text === null) return PORT
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN
  if (port <= 65_535) return port
  throw new UsageError(`--port wants a number from 0 to 65535, not "${text}".`)
}

/** The workbench's own file, also while a workbench runs; the demo leaves it alone. */
function databaseOf(around: Surroundings, given: string | null, isDemo: boolean): string {
  if (given !== null) return absolutePath(around, given)
  return isDemo ? ':memory:' : join(around.home, '.letta', 'letta.db')
}

function stopSignal(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, resolve)
  })
}

function print(line: string): void {
  process.stdout.write(`${line}\n`)
}

function tell(line: string): void {
  process.stderr.write(`letta: ${line}\n`)
}
