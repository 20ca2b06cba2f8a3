import type { Invocation } from '../lib/arguments/parse.ts'
import { plain } from '../lib/headless/formats.ts'
import { Problem } from '../lib/problem.ts'
import { absolutePath, type Surroundings, workingFolder } from './surroundings.ts'

type Given = Extract<Invocation, { kind: 'subcommand' }>

/** Each loads its own parts. */
const RUNS: Readonly<Record<string, (around: Surroundings, given: Given) => Promise<void>>> = {
  trust,
  'permissions check': judge,
  'tools list': listTools,
  'skills list': listSkills,
}

export async function runSubcommand(around: Surroundings, given: Given): Promise<number> {
  const run = RUNS[given.name]
  if (run === undefined) throw new Problem(`letta ${given.name} is not yet in this version.`)
  await run(around, given)
  return 0
}

function print(line: string): void {
  process.stdout.write(`${plain(line)}\n`)
}

async function trust(around: Surroundings, given: Given): Promise<void> {
  const { openSettings } = await import('../lib/settings/settings.ts')
  const directory = workingFolder(around, given.operands[0] ?? given.directory)
  const settings = openSettings({ home: around.home, directory })
  const grants = settings.unseenGrants
  await settings.trust()
  print(`${directory} is trusted now.`)
  for (const grant of grants) print(`  ${grant}`)
}

async function judge(): Promise<void> {
  const { checkPermissions } = await import('./permission-check.ts')
  await checkPermissions(process.stdin, (line) => void process.stdout.write(`${line}\n`))
}

async function listTools(_around: Surroundings, { json }: Given): Promise<void> {
  const [{ TOOLS }, { jsonSchema }] = await Promise.all([
    import('../lib/tools/index.ts'),
    import('../lib/tools/schema.ts'),
  ])
  if (!json) {
    for (const { name, access, description } of TOOLS) {
      print(`${name.padEnd(14)} ${access.padEnd(8)} ${description.split('\n')[0]}`)
    }
    return
  }
  const tools = TOOLS.map((tool) => ({
    name: tool.name,
    access: tool.access,
    description: tool.description,
    parameters: jsonSchema(tool),
  }))
  print(JSON.stringify(tools, null, 2))
}

async function listSkills(around: Surroundings, given: Given): Promise<void> {
  const { discoverSkills } = await import('../lib/skills/discover.ts')
  const project = workingFolder(around, given.directory)
  const named = given.skills === null ? null : absolutePath(around, given.skills)
  const { skills, problems } =
    named === null
      ? await discoverSkills(`${project}/.skills`, { within: project })
      : await discoverSkills(named)
  for (const { path, message } of problems)
    process.stderr.write(`letta: ${path}: ${plain(message)}\n`)
  if (given.json) return print(JSON.stringify(skills, null, 2))
  for (const { id, description } of skills) print(`${id}  ${description}`)
}
