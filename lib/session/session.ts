import { ignoreErrno } from '../fs/errno.ts'
import type { Store } from '../store.ts'
import { createConversationActions } from './conversation-actions.ts'
import { countContextOnResume } from './count-context.ts'
import type { SessionEvent } from './events.ts'
import { createGitWatch, type GitPort } from './git-watch.ts'
import { createHistoryWatch } from './history-watch.ts'
import { type AccountsPort, createAccounts } from './ports/accounts.ts'
import { type AgentsPort, createAgents } from './ports/agents.ts'
import { type ApprovalsPort, createApprovals } from './ports/approvals.ts'
import { type AttachmentsPort, createAttachments } from './ports/attachments.ts'
import { type ChangesPort, createChanges } from './ports/changes.ts'
import { type ConversationsPort, createConversationsPort } from './ports/conversations.ts'
import { createJobs, type JobsPort } from './ports/jobs.ts'
import { createMemory, type MemoryPort } from './ports/memory.ts'
import { createModels, type ModelsPort } from './ports/models.ts'
import { createPreferences, type PreferencesPort } from './ports/preferences.ts'
import { createRewind, type RewindPort } from './ports/rewind.ts'
import { createRules, type RulesPort } from './ports/rules.ts'
import { createShellLines, type ShellLinesPort } from './ports/shell-lines.ts'
import { createSkills, type SkillsPort } from './ports/skills.ts'
import { reportInterrupted } from './report-interrupted.ts'
import { reportLearned } from './report-learned.ts'
import type { Services, SessionOptions } from './services.ts'
import type { SessionState } from './state/session-state.ts'
import { openParts, type TurnSession } from './turn-session.ts'
import type { UsagePort } from './usage-log.ts'

/**
 * One agent at work in one directory, for the workbench. Everything that happens is reported by events on `store`; the promises of
 * the ports only resolve when a request is done, and reject with a `UserError`. A caller uses the ports that it needs.
 */
export interface Session extends TurnSession {
  readonly accounts: AccountsPort
  readonly agents: AgentsPort
  readonly approvals: ApprovalsPort
  readonly attachments: AttachmentsPort
  readonly changes: ChangesPort
  readonly conversations: ConversationsPort
  readonly git: GitPort
  readonly jobs: JobsPort
  readonly memory: MemoryPort
  readonly models: ModelsPort
  readonly preferences: PreferencesPort
  readonly rewind: RewindPort
  readonly rules: RulesPort
  readonly shellLines: ShellLinesPort
  readonly skills: SkillsPort
  readonly usage: UsagePort
  /** Query: where a further session of the same workbench finds the same server. */
  server(): Pick<SessionOptions, 'backend' | 'environment'>
  /** Posts a notice in the conversation. */
  readonly notify: Services['notify']
}

/** Returns at once; the agent is opened in the background, reported by events. */
export function openSession(
  options: SessionOptions,
  store: Store<SessionState, SessionEvent>,
): Session {
  const parts = openParts(options, store)
  const { context, watch, recorder, history, labels, changesWatch, usage, turns, opener } = parts
  const actions = createConversationActions(context, opener, labels, history)
  opener.opened.then(labels.nameUntitled, () => undefined)
  const git = createGitWatch(context)
  const historyWatch = createHistoryWatch(context, history.catchUp)
  if (options.watch) {
    opener.opened.then(watch.start, () => undefined)
    opener.opened.then(historyWatch.start, () => undefined)
    opener.opened.then(git.start, git.start)
    opener.opened.then(
      () => reportInterrupted(context).catch(ignoreErrno()),
      () => undefined,
    )
    reportLearned(context, watch.refresh)
    countContextOnResume(context)
  }
  const changes = createChanges(context, changesWatch, git)
  const conversations = createConversationsPort(context, history, actions)
  return {
    store,
    opened: opener.opened,
    accounts: createAccounts(context, opener),
    agents: createAgents(context, opener.open),
    approvals: createApprovals(context),
    attachments: createAttachments(context),
    changes,
    conversations,
    git,
    jobs: createJobs(context),
    memory: createMemory(context, watch, recorder),
    models: createModels(context),
    preferences: createPreferences(context),
    rewind: createRewind(context, {
      changes,
      conversations,
      watch: changesWatch,
      history: recorder.history,
    }),
    rules: createRules(context),
    shellLines: createShellLines(context),
    skills: createSkills(context),
    turns,
    usage,
    server: () => ({ backend: context.base.options.backend, environment: context.environment }),
    notify: context.base.notify,
    async close() {
      historyWatch.close()
      await parts.close()
    },
  }
}
