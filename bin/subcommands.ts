import type { Invocation } from '../lib/arguments/parse.ts'
import { plain } from '../lib/headless/formats.ts'
import { Problem } from '../lib/problem.ts'
import { absolutePath, type Surroundings, workingFolder } from './surroundings.ts'

type Given = Extract<Invocation, { kind: 'subcommand' }>

/** Each loads its own parts. */
const RUNS: Readonly<Record<string, (around: Surroundings, given: Given) => Promise<number>>> = {
  trust,
  'permissions check': judge,
  'permissions list': listRules,
  'tools call': callTool,
  'tools list': listTools,
  'skills list': listSkills,
  serve,
}

export async function runSubcommand(around: Surroundings, given: Given): Promise<number> {
  const run = RUNS[given.name]
  if (run === undefined) throw new Problem(`letta ${given.name} is not yet in this version.`)
  return run(around, given)
}

/** A line for people and pipes; gives the exit code of a subcommand that ends with it. */
function print(line: string): number {
  process.stdout.write(`${plain(line)}\n`)
  return 0
}

async function trust(around: Surroundings, given: Given): Promise<number> {
  const { openSettings } = await import('../lib/settings/settings.ts')
  const directory = workingFolder(around, given.operands[0] ?? given.directory)
  const settings = openSettings({ home: around.home, directory })
  const grants = settings.unseenGrants
  await settings.trust()
  print(`${directory} is trusted now.`)
  for (const grant of grants) print(`  ${grant}`)
  return 0
}

async function judge(): Promise<number> {
  const { checkPermissions } = await import('./permission-check.ts')
  await checkPermissions(process.stdin, (line) => void process.stdout.write(`${line}\n`))
  return 0
}

async function callTool(around: Surroundings, given: Given): Promise<number> {
  const { callOneTool } = await import('./tool-call.ts')
  return callOneTool(around, given)
}

async function serve(around: Surroundings, given: Given): Promise<number> {
  const { serveUntilStopped } = await import('./serve.ts')
  return serveUntilStopped(around, given)
}

async function listRules(around: Surroundings, { options, json }: Given): Promise<number> {
  const [{ prepareSession }, { joinRules }] = await Promise.all([
    import('./session-options.ts'),
    import('../lib/permissions/rules.ts'),
  ])
  const { settings } = await prepareSession(around, options, false)
  const rules = joinRules(settings.ruleLists(), options.allowed, options.disallowed)
  const grants = settings.unseenGrants
  if (json)
    return print(JSON.stringify({ mode: options.mode, ...rules, notTrusted: grants }, null, 2))
  for (const list of ['deny', 'ask', 'allow'] as const) {
    for (const { text, source } of rules[list])
      print(`${list.padEnd(6)} ${source.padEnd(8)} ${text}`)
  }
  for (const grant of grants) print(`${grant}  (does not count: this folder is not trusted)`)
  return 0
}

async function listTools(_around: Surroundings, { json }: Given): Promise<number> {
  const [{ TOOLS }, { jsonSchema }] = await Promise.all([
    import('../lib/tools/index.ts'),
    import('../lib/tools/schema.ts'),
  ])
  if (!json) {
    for (const { name, access, description } of TOOLS) {
      print(`${name.padEnd(14)} ${access.padEnd(8)} ${description.split('\n')[0]}`)
    }
    return 0
  }
  const tools = TOOLS.map((tool) => ({
    name: tool.name,
    access: tool.access,
    description: tool.description,
    parameters: jsonSchema(tool),
  }))
  return print(JSON.stringify(tools, null, 2))
}

async function listSkills(around: Surroundings, given: Given): Promise<number> {
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
  return 0
}
