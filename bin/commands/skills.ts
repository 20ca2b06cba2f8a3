import type { SubcommandInvocation } from '../../lib/cli/parse.ts'
import { discoverSkills } from '../../lib/skills/discover.ts'
import { spellOut } from '../../lib/util/invisible-characters.ts'
import { toTerminalRow } from '../../lib/util/sanitize.ts'
import { type CliEnvironment, workingDirectory } from '../io/cli-environment.ts'
import { createPrinter } from '../io/printer.ts'
import { noSkills } from '../messages.ts'
import { givenSkillsDirectory } from '../session-options.ts'

/** `letta skills list`: the skills of `--skills DIR`, or those below `.skills` of the project. */
export async function listSkills(
  cli: CliEnvironment,
  { options, flags }: SubcommandInvocation,
): Promise<number> {
  const { print, printJson, notify } = createPrinter(cli)
  const project = workingDirectory(cli, options.directory)
  const named = options.skills === null ? null : givenSkillsDirectory(cli, options.skills)
  const directory = named ?? `${project}/.skills`
  // A project must not make the program read files outside of it.
  const boundary = named === null ? { within: project } : {}
  const { skills, problems } = await discoverSkills(directory, boundary)
  for (const { path, message } of problems) notify(`${spellOut(path)}: ${message}`)
  if (flags.has('json')) return printJson(skills)
  if (skills.length === 0) notify(noSkills(directory))
  for (const { id, description } of skills) print(`${spellOut(id)}  ${toTerminalRow(description)}`)
  return 0
}
