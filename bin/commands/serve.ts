import { join } from 'node:path'
import { EXIT_CODES } from '../../lib/cli/exit-codes.ts'
import { parsePort } from '../../lib/cli/numbers.ts'
import type { SubcommandInvocation } from '../../lib/cli/parse.ts'
import { useProxiesOfSettings } from '../../lib/client/use-proxies.ts'
import { loadOrCreateToken } from '../../lib/server/http/token.ts'
import { findProviders } from '../../lib/server/providers/index.ts'
import { serve } from '../../lib/server/serve.ts'
import { openSettings } from '../../lib/settings/settings.ts'
import { type CliEnvironment, typedPath } from '../io/cli-environment.ts'
import { createPrinter, notifyWarning } from '../io/printer.ts'
import { SERVER_IS_PUBLIC, TOKEN_IN_ENVIRONMENT, TOKEN_IN_FILE } from '../messages.ts'
import { serverEnvironment } from '../server-environment.ts'

const DEFAULT_HOST = '127.0.0.1'
/** That of a Letta server. */
const DEFAULT_PORT = 8283

/** Flags by which `--print-token` prints the token and starts the server as well. */
const SERVER_FLAGS = ['host', 'port', 'database', 'demo']

/** `letta serve`: runs the embedded server until a signal arrives. Prints its URL. */
export async function serveUntilStopped(
  cli: CliEnvironment,
  { flags }: SubcommandInvocation,
): Promise<number> {
  const { print, notify } = createPrinter(cli)
  const port = parsePort('port', flags.value('port')) ?? DEFAULT_PORT
  const settings = openSettings({ ...cli, directory: cli.home })
  const { environment, warning } = await serverEnvironment(cli, settings)
  await useProxiesOfSettings(settings.user.env, environment)
  const password = environment['LETTA_SERVER_PASSWORD']
  const token = password ?? (await loadOrCreateToken(join(cli.lettaDirectory, 'server-token')))
  if (flags.has('print-token')) {
    print(token)
    if (!SERVER_FLAGS.some((name) => flags.has(name))) return 0
  }
  const stopped = waitForSignal()
  const isDemo = flags.has('demo')
  notifyWarning(warning, { notify })
  const server = await serve({
    database: databasePath(cli, flags.value('database'), isDemo),
    providers: await findProviders({ environment, demo: isDemo, probeLocal: !isDemo }),
    host: flags.value('host') ?? DEFAULT_HOST,
    port,
    token,
    historyDays: settings.user.memoryHistoryDays,
    compactAt: settings.user.compactAtPercent / 100,
    maxBackupBytes: settings.user.backupMebibytes * 2 ** 20,
    onNotice: notify,
  })
  print(server.url)
  notify(password === undefined ? TOKEN_IN_FILE : TOKEN_IN_ENVIRONMENT)
  if (server.isPublic) notify(SERVER_IS_PUBLIC)
  const signal = await stopped
  await server.close()
  return signal === 'SIGINT' ? EXIT_CODES.interrupted : EXIT_CODES.terminated
}

/** By default the file of the workbench, which may be running; a demo changes nothing on the disk. */
function databasePath(cli: CliEnvironment, path: string | null, isDemo: boolean): string {
  if (path !== null) return typedPath(cli, path)
  return isDemo ? ':memory:' : join(cli.lettaDirectory, 'letta.db')
}

function waitForSignal(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, resolve)
  })
}
