import type { Invocation } from '../../lib/cli/parse.ts'
import { UserError } from '../../lib/util/user-error.ts'
import { type Surroundings, workingFolder } from '../io/cli-environment.ts'
import { printerTo } from '../io/stderr.ts'

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
  connect: async (around, given) => (await import('./connect.ts')).connectAccount(around, given),
  login: async (around, given) => (await import('./connect.ts')).login(around, given),
  logout: async (around) => (await import('./connect.ts')).logout(around),
  'memory list': memory,
  'memory show': memory,
  'memory edit': memory,
  'memory export': memory,
  'memory import': memory,
  'messages list': messages,
  'messages search': messages,
  replay: async (around, given) => (await import('./replay.ts')).replay(around, given),
  completion: async ({ stdout }, { operands: [shell = ''] }) => {
    const { completionFor } = await import('./completion.ts')
    stdout.write(completionFor(shell))
    return 0
  },
  'agents list': async (around, given) => (await import('./agents.ts')).listAgents(around, given),
  'agents delete': async (around, given) =>
    (await import('./agents.ts')).deleteAgent(around, given),
}

export async function runSubcommand(around: Surroundings, given: Given): Promise<number> {
  const run = RUNS[given.name]
  if (run === undefined) throw new UserError(`letta ${given.name} is not yet in this version.`)
  return run(around, given)
}

async function trust(around: Surroundings, given: Given): Promise<number> {
  const { openSettings } = await import('../../lib/settings/settings.ts')
  const { print } = printerTo(around)
  const directory = workingFolder(around, given.operands[0] ?? given.directory)
  const settings = openSettings({ home: around.home, directory })
  const grants = settings.unseenGrants
  await settings.trust()
  print(`${directory} is trusted now.`)
  for (const grant of grants) print(`  ${grant}`)
  return 0
}

async function judge({ stdin, stdout }: Surroundings): Promise<number> {
  const { checkPermissions } = await import('./permissions.ts')
  await checkPermissions(stdin, (line) => void stdout.write(`${line}\n`))
  return 0
}

async function callTool(around: Surroundings, given: Given): Promise<number> {
  const { callOneTool } = await import('./tools.ts')
  return callOneTool(around, given)
}

async function memory(around: Surroundings, given: Given): Promise<number> {
  const { runMemory } = await import('./memory.ts')
  return runMemory(around, given)
}

async function messages(around: Surroundings, given: Given): Promise<number> {
  const { runMessages } = await import('./messages.ts')
  return runMessages(around, given)
}

async function serve(around: Surroundings, given: Given): Promise<number> {
  const { serveUntilStopped } = await import('./serve.ts')
  return serveUntilStopped(around, given)
}

async function listRules(around: Surroundings, { options, json }: Given): Promise<number> {
  const [{ prepareSession }, { tellProblems }, { joinRules }] = await Promise.all([
    import('../session-options.ts'),
    import('../io/print-errors.ts'),
    import('../../lib/permissions/rules/rule-list.ts'),
  ])
  const printer = printerTo(around)
  const { print, printJson } = printer
  const { settings } = await prepareSession(around, options, false)
  tellProblems(settings, printer)
  const rules = joinRules(settings.ruleLists(), options.allowed, options.disallowed)
  const grants = settings.unseenGrants
  if (json) return printJson({ mode: options.mode, ...rules, notTrusted: grants })
  for (const list of ['deny', 'ask', 'allow'] as const) {
    for (const { text, source } of rules[list])
      print(`${list.padEnd(6)} ${source.padEnd(8)} ${text}`)
  }
  for (const grant of grants) print(`${grant}  (does not count: this folder is not trusted)`)
  return 0
}

async function listTools(around: Surroundings, { json }: Given): Promise<number> {
  const { print, printJson } = printerTo(around)
  const [{ TOOLS }, { jsonSchema }] = await Promise.all([
    import('../../lib/tools/index.ts'),
    import('../../lib/tools/schema.ts'),
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
  return printJson(tools)
}

async function listSkills(around: Surroundings, given: Given): Promise<number> {
  const { print, printJson, tell } = printerTo(around)
  const [{ discoverSkills }, { skillsFolder }] = await Promise.all([
    import('../../lib/skills/discover.ts'),
    import('../session-options.ts'),
  ])
  const project = workingFolder(around, given.directory)
  const named = given.skills === null ? null : skillsFolder(around, given.skills)
  const folder = named ?? `${project}/.skills`
  const fence = named === null ? { within: project } : {}
  const { skills, problems } = await discoverSkills(folder, fence)
  for (const { path, message } of problems) tell(`${path}: ${message}`)
  if (given.json) return printJson(skills)
  if (skills.length === 0) tell(`There are no skills in ${folder}.`)
  for (const { id, description } of skills) print(`${id}  ${description}`)
  return 0
}
