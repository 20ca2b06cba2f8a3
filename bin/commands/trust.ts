import type { SubcommandInvocation } from '../../lib/cli/parse.ts'
import { orderGrants } from '../../lib/session/order-grants.ts'
import { openSettings } from '../../lib/settings/settings.ts'
import { spellOut } from '../../lib/util/invisible-characters.ts'
import { type CliEnvironment, workingDirectory } from '../io/cli-environment.ts'
import { createPrinter } from '../io/printer.ts'
import { directoryTrusted } from '../messages.ts'

/** `letta trust [DIR]`: prints what the settings of the directory grant from now on. */
export async function trustDirectory(
  cli: CliEnvironment,
  { operands: [path], options }: SubcommandInvocation,
): Promise<number> {
  const { print } = createPrinter(cli)
  const directory = workingDirectory(cli, path ?? options.directory)
  const settings = openSettings({ ...cli, directory })
  const grants = orderGrants(settings.unseenGrants)
  await settings.trust()
  print(directoryTrusted(directory))
  for (const grant of grants) print(`  ${spellOut(grant)}`)
  return 0
}
