import type { SubcommandInvocation } from '../../lib/cli/parse.ts'
import type { CliEnvironment } from '../io/cli-environment.ts'

/** Runs a subcommand; returns the exit code. */
type SubcommandRunner = (cli: CliEnvironment, invocation: SubcommandInvocation) => Promise<number>

/**
 * Each subcommand, by its name in lib/cli/subcommands.ts, loads only its own modules.
 * @internal
 */
export const SUBCOMMAND_RUNNERS: Readonly<Record<string, () => Promise<SubcommandRunner>>> = {
  trust: async () => (await import('./trust.ts')).trustDirectory,
  'permissions check': async () => (await import('./permissions.ts')).checkPermissions,
  'permissions list': async () => (await import('./permissions.ts')).listRules,
  'tools call': async () => (await import('./tools.ts')).callTool,
  'tools list': async () => (await import('./tools.ts')).printTools,
  changes: async () => (await import('./changes.ts')).listChanges,
  doctor: async () => (await import('./doctor.ts')).checkInstallation,
  'skills list': async () => (await import('./skills.ts')).listSkills,
  serve: async () => (await import('./serve.ts')).serveUntilStopped,
  'memory list': async () => (await import('./memory.ts')).printBlocks,
  'memory show': async () => (await import('./memory-history.ts')).showBlock,
  'memory log': async () => (await import('./memory-history.ts')).listVersions,
  'memory doctor': async () => (await import('./memory.ts')).examineBlocks,
  'memory blame': async () => (await import('./memory-history.ts')).showBlame,
  'memory diff': async () => (await import('./memory-history.ts')).showDiff,
  'memory restore': async () => (await import('./memory-history.ts')).restoreVersion,
  'memory edit': async () => (await import('./memory.ts')).editBlockInEditor,
  'memory export': async () => (await import('./memory-files.ts')).exportMemory,
  'memory sync': async () => (await import('./memory-sync.ts')).syncMemory,
  'memory import': async () => (await import('./memory-files.ts')).importMemory,
  'memory test': async () => (await import('./memory-test.ts')).runMemoryTests,
  'memory ask': async () => (await import('./memory-ask.ts')).askWithout,
  'backup list': async () => (await import('./backup.ts')).printBackups,
  'backup restore': async () => (await import('./backup.ts')).restoreFromBackup,
  'agents list': async () => (await import('./agents.ts')).listAgents,
  'agents export': async () => (await import('./agent-files.ts')).exportAgentFile,
  'agents import': async () => (await import('./agent-files.ts')).importAgentFile,
  'agents copy': async () => (await import('./agent-files.ts')).copyAgent,
  'agents delete': async () => (await import('./agents.ts')).deleteAgent,
  'messages list': async () => (await import('./messages.ts')).printMessages,
  'messages search': async () => (await import('./messages.ts')).printFoundMessages,
  'conversations list': async () => (await import('./conversations.ts')).listConversations,
  'conversations show': async () => (await import('./conversations.ts')).showConversation,
  'conversations search': async () => (await import('./conversations.ts')).searchConversations,
  'conversations export': async () => (await import('./conversations.ts')).runExport,
  'conversations delete': async () => (await import('./conversations.ts')).removeConversation,
  import: async () => (await import('./import.ts')).importConversation,
  connect: async () => (await import('./connect.ts')).connectProvider,
  login: async () => (await import('./connect.ts')).login,
  'accounts list': async () => (await import('./accounts.ts')).listAccounts,
  'accounts use': async () => (await import('./accounts.ts')).selectAccount,
  'accounts remove': async () => (await import('./accounts.ts')).removeAccount,
  logout: async () => (await import('./connect.ts')).logout,
  replay: async () => (await import('./replay.ts')).replay,
  completion: async () => (await import('./completion.ts')).printCompletion,
}

export async function runSubcommand(
  cli: CliEnvironment,
  invocation: SubcommandInvocation,
): Promise<number> {
  const load = SUBCOMMAND_RUNNERS[invocation.name]
  if (load === undefined) throw new Error(`Subcommand ${invocation.name} has no runner.`)
  const run = await load()
  return run(cli, invocation)
}
