import { randomUUID } from 'node:crypto'
import path from 'node:path'
import { resolvePathSync } from '../fs/resolve-path.ts'
import { createDeniedFileFilter } from '../permissions/paths/denied-file-filter.ts'
import { normalizeRule } from '../permissions/rules/rule.ts'
import { joinRules } from '../permissions/rules/rule-list.ts'
import type { ProjectBounds } from '../permissions/types.ts'
import { openSettings, type Settings } from '../settings/settings.ts'
import type { Store } from '../store.ts'
import { childEnvironment } from '../tools/process/environment.ts'
import { placesOf } from '../tools/process/search-variables.ts'
import { createRunner } from '../tools/runner.ts'
import { createNotify } from './create-notify.ts'
import type { SessionEvent } from './events.ts'
import {
  DENIALS_LOST_HINT,
  GITIGNORE_CHANGED,
  modeUnavailable,
  SETTINGS_IGNORED_HINT,
} from './messages/settings.ts'
import { orderGrants } from './order-grants.ts'
import { openOutbox } from './outbox.ts'
import { isModeAvailable, policyOf } from './policy.ts'
import { reportJobs } from './report-jobs.ts'
import { createRetryWaits } from './retry-waits.ts'
import type { Services, SessionOptions } from './services.ts'
import type { SessionState } from './state/session-state.ts'

/** The services that need no server. */
export type BaseServices = Omit<Services, 'gateway' | 'leases' | 'useProviders'>

export function createServices(
  options: SessionOptions,
  store: Store<SessionState, SessionEvent>,
): BaseServices {
  const now = Date.now
  const newId = randomUUID
  const notify = createNotify(store, newId)
  const { directory, home, lettaDirectory, trustThisRun } = options
  const settings = openSettings({
    home,
    lettaDirectory,
    directory,
    trustThisRun,
    ignoreBroken: options.ignoreBrokenSettings === true,
    normalizeRule,
    report: (problem) => notify('warning', problem.message, problem.hint),
    leavesProject: () => store.state.mode === 'plan',
    changedGitignore: () => notify('info', GITIGNORE_CHANGED),
  })
  const [trustedEnvironment, environment] = [true, false].map((isTrusted) =>
    childEnvironment(options.environment, { directory, isTrusted }),
  )
  const bounds = boundsOf(options, settings)
  const place = {
    directory,
    home,
    lettaDirectory,
    // The user can trust the directory while the session runs.
    get environment() {
      return (settings.trusted ? trustedEnvironment : environment) ?? {}
    },
    now,
  }
  const runner = createRunner({
    workspace: place,
    withoutDenied: (tool) => createDeniedFileFilter(policyOf({ store, bounds }), tool),
    isTrusted: () => settings.trusted,
  })
  reportJobs({ store }, runner.shells)
  const outbox = openOutbox(path.join(lettaDirectory, 'outbox'))
  const retryWaits = createRetryWaits({ store, now, newId })
  const shared = { options, store, settings, runner, outbox, bounds, now, newId, notify }
  const services = { ...shared, retryWaits }
  reportSettings(services, settings)
  return services
}

function reportSettings(
  { options, store, notify }: Pick<Services, 'options' | 'store' | 'notify'>,
  settings: Settings,
): void {
  for (const { message, scope, line } of settings.problems) {
    const isIgnored = scope === 'file' && line !== null
    notify('warning', message, isIgnored ? SETTINGS_IGNORED_HINT : undefined)
  }
  const { warning = null, isFurther } = options
  if (warning !== null && !isFurther) notify('warning', warning.message, warning.hint)
  loadRules({ options, store, settings })
  const { mode } = options
  if (isModeAvailable(mode, store.state)) store.dispatch({ type: 'mode.changed', mode })
  else {
    store.dispatch({ type: 'mode.changed', mode: 'default' })
    notify('warning', modeUnavailable(mode), DENIALS_LOST_HINT)
  }
}

/** Reports the rules of the settings files and the flags; those of the project only when it is trusted. */
export function loadRules({
  options,
  store,
  settings,
}: Pick<Services, 'options' | 'store' | 'settings'>): void {
  const rules = joinRules(settings.ruleLists(), options.allowed, options.disallowed)
  const { trusted, asksForTrust, areDenialsLost } = settings
  const grants = orderGrants(settings.unseenGrants)
  const settingsProblems = settings.problems.map(({ message }) => message)
  store.dispatch({
    type: 'rules.loaded',
    rules,
    trusted,
    grants,
    asksForTrust: asksForTrust && grants.length > 0,
    settingsProblems,
    areDenialsLost,
    reviewsMemory: settings.user.reviewMemory,
  })
}

function boundsOf(
  { directory, home, lettaDirectory, skills, environment }: SessionOptions,
  settings: Settings,
): ProjectBounds {
  const own = skills === null ? [] : [resolvePathSync(skills)]
  const output = resolvePathSync(path.join(lettaDirectory, 'output'))
  return {
    directory,
    home,
    lettaDirectory,
    ...placesOf(environment),
    // Settings and trust can change while the session runs.
    get isTrusted() {
      return settings.trusted
    },
    get readable() {
      return [...own, output, ...settings.additionalDirectories]
    },
  }
}
