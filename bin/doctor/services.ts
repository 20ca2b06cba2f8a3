import type { SubcommandInvocation } from '../../lib/cli/parse.ts'
import { serverName } from '../../lib/client/backend.ts'
import { WIDEN_WINDOW, windowTooSmall } from '../../lib/models/messages.ts'
import { isSmallWindow } from '../../lib/models/model-facts.ts'
import { findProviders, providersFromEnvironment } from '../../lib/server/providers/index.ts'
import { isTemporary } from '../../lib/server/providers/models.ts'
import { chooseServer } from '../../lib/session/choose-server.ts'
import type { Settings } from '../../lib/settings/settings.ts'
import { messageOf } from '../../lib/util/user-error.ts'
import { withServer } from '../commands/with-agent.ts'
import type { CliEnvironment } from '../io/cli-environment.ts'
import { savedAccounts, serverEnvironment } from '../server-environment.ts'
import { type Check, failure, ok, warning } from './check.ts'
import {
  CHECK_KEY,
  CHECK_NETWORK,
  CONNECT_MODEL,
  EMBEDDED_SERVER,
  modelCount,
  modelsFound,
  NO_MODELS,
  providerFails,
  SERVER_ADVICE,
  SERVER_WITHOUT_MODELS,
  SETTINGS_VALID,
  serverAnswers,
  serverFails,
  settingsWithErrors,
} from './messages.ts'

export function checkSettings({ problems, areDenialsLost }: Settings): Check {
  if (problems.length === 0) return ok('settings', SETTINGS_VALID)
  const found = settingsWithErrors(problems.length)
  const advice = problems.map(({ message }) => message)
  return areDenialsLost
    ? failure('settings', found, ...advice)
    : warning('settings', found, ...advice)
}

/** Whether the Letta server that would be used answers, and which models it has. The embedded one is part of letta. */
export async function checkServer(
  cli: CliEnvironment,
  invocation: SubcommandInvocation,
  settings: Settings,
): Promise<readonly Check[]> {
  let name: string
  try {
    const saved = savedAccounts(cli, settings)
    const read = await serverEnvironment(cli, settings, saved)
    const backend = chooseServer(invocation.options, read.environment, saved)
    if (backend.type === 'embedded') {
      return [ok('server', EMBEDDED_SERVER), await checkProviders(read)]
    }
    name = serverName(backend)
  } catch (thrown) {
    return [failure('server', messageOf(thrown), SERVER_ADVICE)]
  }
  try {
    let count = 0
    await withServer(cli, invocation, async ({ gateway }) => {
      await gateway.agents.list()
      count = (await gateway.models.list()).length
      return 0
    })
    const found = modelCount(name, count)
    const models =
      count === 0 ? warning('models', found, SERVER_WITHOUT_MODELS) : ok('models', found)
    return [ok('server', serverAnswers(name)), models]
  } catch (thrown) {
    return [failure('server', serverFails(name, messageOf(thrown)), SERVER_ADVICE)]
  }
}

const LIST_TIMEOUT_MS = 10_000

/** The model providers of the embedded server: keys and addresses are tried, and local model servers are looked for. */
async function checkProviders({
  environment,
  warning: unread,
}: Awaited<ReturnType<typeof serverEnvironment>>): Promise<Check> {
  const named = new Set(providersFromEnvironment(environment).map(({ id }) => id))
  const providers = await findProviders({
    environment,
    demo: false,
    probeLocal: true,
    unreachable: 'error',
  })
  const results = await Promise.all(
    providers.map(async (provider) => {
      try {
        const models = await provider.listModels(AbortSignal.timeout(LIST_TIMEOUT_MS))
        return { provider, models, failed: null }
      } catch (thrown) {
        const fault = providerFails(provider.title, messageOf(thrown))
        const remedy = isTemporary(thrown) ? CHECK_NETWORK : CHECK_KEY
        return { provider, models: [], failed: { fault, remedy } }
      }
    }),
  )
  // A local model server that does not run is no fault: the user did not name it.
  const failures = results.flatMap(({ provider, failed }) =>
    failed !== null && named.has(provider.id) ? [failed] : [],
  )
  const working = results.filter(({ models }) => models.length > 0)
  const faults = failures.map(({ fault }) => fault)
  const remedies = new Set(failures.map(({ remedy }) => remedy))
  if (unread !== null) {
    faults.unshift(unread.message)
    remedies.add(unread.hint)
  }
  const found =
    working.length === 0
      ? NO_MODELS
      : modelsFound(
          working.map(({ provider, models }) => modelCount(provider.title, models.length)),
        )
  if (faults.length > 0) return warning('models', found, ...faults, ...remedies)
  const small = working
    .flatMap(({ models }) => models)
    .flatMap(({ handle, contextWindow }) =>
      isSmallWindow(contextWindow) ? [windowTooSmall(handle, contextWindow)] : [],
    )
  if (small.length > 0) return warning('models', found, ...small.slice(0, 5), WIDEN_WINDOW)
  return working.length === 0 ? warning('models', found, CONNECT_MODEL) : ok('models', found)
}
