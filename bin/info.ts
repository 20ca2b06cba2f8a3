import { join } from 'node:path'
import type { RunOptions } from '../lib/cli/parse.ts'
import { type BackendChoice, serverName } from '../lib/client/backend.ts'
import { isModeAvailable } from '../lib/session/policy.ts'
import type { SessionOptions } from '../lib/session/services.ts'
import type { SavedIds } from '../lib/settings/remembered-ids.ts'
import { spellOut } from '../lib/util/invisible-characters.ts'
import manifest from '../package.json' with { type: 'json' }
import type { CliEnvironment } from './io/cli-environment.ts'
import { INFO } from './messages.ts'
import { prepareSession } from './session-options.ts'

/** `letta --info`: the resolved configuration, without a request to a server and without keys. */
export async function printInfo(cli: CliEnvironment, options: RunOptions): Promise<number> {
  // No session is opened, so nothing is recorded.
  const withoutRecording = { ...options, record: null }
  const { session, settings, removeScratch } = await prepareSession(cli, withoutRecording, false)
  const { agent, model, mode, directory, backend } = session
  const rows: readonly (readonly [string, string])[] = [
    ['version', manifest.version],
    ['node', process.version],
    ['directory', directory],
    ['trusted', settings.trusted ? INFO.yes : INFO.no],
    ['server', describeServer(backend)],
    ['agent', describeAgent(agent, settings.on(serverName(backend)))],
    ['model', model ?? INFO.defaultModel],
    ['mode', isModeAvailable(mode, settings) ? mode : 'default'],
    ['settings', join(cli.lettaDirectory, 'settings.json')],
    ...settings.problems.map(({ message }) => ['error', message] as const),
  ]
  for (const [name, value] of rows) {
    cli.stdout.write(`${name.padEnd(9)} ${spellOut(value)}\n`)
  }
  removeScratch()
  return 0
}

function describeAgent(agent: SessionOptions['agent'], { lastAgent }: SavedIds): string {
  if (agent === 'new') return INFO.newAgent
  return typeof agent === 'string' ? (lastAgent ?? INFO.newAgent) : agent.id
}

function describeServer(backend: BackendChoice): string {
  if (backend.type === 'embedded') return INFO.embedded
  return backend.type === 'cloud' ? INFO.cloud : serverName(backend)
}
