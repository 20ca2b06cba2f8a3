import type { RunOptions } from '../lib/cli/parse.ts'
import { type BackendChoice, serverName } from '../lib/client/backend.ts'
import { stripControlCharacters } from '../lib/util/sanitize.ts'
import manifest from '../package.json' with { type: 'json' }
import type { Surroundings } from './io/cli-environment.ts'
import { prepareSession } from './session-options.ts'

/** What letta would use here, without asking a server and without a key. */
export async function tellInfo(around: Surroundings, options: RunOptions): Promise<number> {
  const { session, settings, clean } = await prepareSession(around, options, false)
  const { agent, model, mode, directory } = session
  const rows: readonly (readonly [string, string])[] = [
    ['version', manifest.version],
    ['node', process.version],
    ['folder', directory],
    ['trusted', settings.trusted ? 'yes' : 'no'],
    ['server', serverOf(session.backend)],
    [
      'agent',
      agent === 'last'
        ? (settings.on(serverName(session.backend)).lastAgent ?? 'a new one')
        : agent === 'new'
          ? 'a new one'
          : agent.id,
    ],
    ['model', model ?? 'the agent’s, or the first that is found'],
    ['mode', mode],
    ['settings', `${around.home}/.letta/settings.json`],
    ...settings.problems.map(({ message }) => ['problem', message] as const),
  ]
  for (const [name, value] of rows)
    around.stdout.write(`${name.padEnd(9)} ${stripControlCharacters(value)}\n`)
  clean()
  return 0
}

function serverOf(backend: BackendChoice): string {
  if (backend.type === 'embedded') return 'embedded'
  return backend.type === 'cloud' ? 'Letta Cloud' : serverName(backend)
}
