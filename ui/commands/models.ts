import type { Choice } from '../../lib/commands/command.ts'
import { needsAgent } from '../../lib/commands/session-command.ts'
import type { ListedModel } from '../../lib/session/ports/models.ts'
import { EFFORTS, type ReasoningEffort, toEffort } from '../../lib/util/effort.ts'
import { UserError } from '../../lib/util/user-error.ts'
import { effortHelp, MODEL_SETTINGS, modelTexts, PICKER_TITLES } from '../messages/dialogs.ts'
import {
  alreadyHasEffort,
  alreadyUsesModel,
  effortSet,
  modelSettingsSet,
  switchedModel,
  unknownEffort,
} from '../messages/notices.ts'
import type { OverlayOf } from '../state/state.ts'
import { shortCount } from '../view/panes/format.ts'
import { formatModelSettings, parseModelSettings } from './model-settings.ts'
import { openPicker, openPrompt } from './open-overlay.ts'
import { flash, type WorkbenchCommand, type WorkbenchContext } from './workbench-command.ts'

export const MODEL_COMMANDS: readonly WorkbenchCommand[] = [
  {
    id: 'model.choose',
    argument: { name: 'model', required: false },
    choices: modelChoices,
    unavailable: ({ session }) => needsAgent(session),
    async run(context, name) {
      const [word = '', ...values] = name.trim().split(/\s+/)
      if (word === 'settings') return editModelSettings(context, values.join(' '))
      if (name !== '') return setModel(context, name)
      const choices = await modelChoices(context)
      const items = choices.map((choice) => ({
        ...choice,
        action: { type: 'model.set', handle: choice.id } as const,
      }))
      openPicker(context, PICKER_TITLES.model, items)
    },
  },
  {
    id: 'model.effort',
    argument: { name: 'level', required: false },
    choices: async ({ session }) => effortChoices(session.store.state.agent?.effort ?? null),
    unavailable: ({ session }) => needsAgent(session),
    async run(context, level) {
      if (level !== '') return setEffort(context, level)
      const choices = effortChoices(context.session.store.state.agent?.effort ?? null)
      const items = choices.map((choice) => ({
        ...choice,
        action: { type: 'effort.set', level: choice.id } as const,
      }))
      openPicker(context, PICKER_TITLES.effort, items)
    },
  },
  {
    id: 'model.nextEffort',
    unavailable: ({ session }) => needsAgent(session),
    run(context) {
      const levels = [DEFAULT_EFFORT, ...EFFORTS]
      const { agent } = context.session.store.state
      const at = levels.indexOf(agent?.effort ?? DEFAULT_EFFORT)
      return setEffort(context, levels[(at + 1) % levels.length] ?? DEFAULT_EFFORT)
    },
  },
]

const DEFAULT_EFFORT = 'default'

function effortChoices(current: ReasoningEffort | null): readonly Choice[] {
  return [DEFAULT_EFFORT, ...EFFORTS].map((level) => ({
    id: level,
    title: level,
    detail: effortHelp[level] ?? '',
    current: level === (current ?? DEFAULT_EFFORT),
  }))
}

/** `level`: one of `EFFORTS`, or `default` to leave it to the provider. */
export async function setEffort(context: WorkbenchContext, level: string): Promise<void> {
  const { session } = context
  const effort = toEffort(level)
  if (effort === null && level !== DEFAULT_EFFORT) {
    throw new UserError(unknownEffort(level, [DEFAULT_EFFORT, ...EFFORTS]))
  }
  const before = session.store.state.agent?.effort
  await session.models.setEffort(effort)
  const model = session.store.state.agent?.model ?? ''
  if (before === effort) flash(context, alreadyHasEffort(model, effort))
  else session.notify('info', effortSet(model, effort))
}

/** `handle` may be a part of the handle that only one model has. */
export async function setModel({ session }: WorkbenchContext, handle: string): Promise<void> {
  const before = session.store.state.agent
  await session.models.set(handle)
  const { agent } = session.store.state
  if (agent === null) return
  const report = agent.model === before?.model ? alreadyUsesModel : switchedModel
  session.notify('info', report(agent.name, agent.model))
}

export async function setDefaultModel(context: WorkbenchContext, handle: string): Promise<void> {
  await context.session.preferences.save('model', handle)
  await setModel(context, handle)
}

/** Those that were used last come first. */
async function modelChoices({ session }: WorkbenchContext): Promise<readonly Choice[]> {
  const current = session.store.state.agent?.model
  const [models, recent] = await Promise.all([session.models.list(), session.usage.recentModels()])
  const rank = (handle: string): number => {
    const at = recent.indexOf(handle)
    return at < 0 ? recent.length : at
  }
  const choices = models.map((model) => ({
    id: model.handle,
    title: model.handle,
    detail: modelDetail(model, recent.includes(model.handle)),
    current: model.handle === current,
  }))
  return choices.toSorted((one, other) => rank(one.id) - rank(other.id))
}

function modelDetail(
  { handle, title, contextWindow, price, readsImages, reasons, isLocal }: ListedModel,
  isRecent: boolean,
): string {
  const parts = [
    handle.endsWith(title) ? '' : title,
    contextWindow === null ? '' : modelTexts.window(shortCount(contextWindow)),
    price === null ? (isLocal ? '' : modelTexts.unknownPrice) : modelTexts.price(price),
    readsImages ? '' : modelTexts.textOnly,
    reasons ? modelTexts.reasons : '',
    isLocal ? modelTexts.local : '',
    isRecent ? modelTexts.recent : '',
  ]
  return parts.filter(Boolean).join(' · ')
}

/** The next provider in the list of models: Tab narrows the list to one after the other, then shows all again. */
export function nextProvider({ items, query }: OverlayOf<'picker'>): string {
  const providers = [
    ...new Set(
      items.flatMap(({ action, title }) =>
        action.type === 'model.set' ? title.split('/')[0] : [],
      ),
    ),
  ]
  const at = providers.findIndex((provider) => query.text === `${provider}/`)
  const next = providers[at + 1]
  return next === undefined ? '' : `${next}/`
}

/** `/model settings`: without values, a line with the present ones to edit. */
export async function editModelSettings(context: WorkbenchContext, text: string): Promise<void> {
  const { models } = context.session
  const before = await models.settings()
  if (text.trim() === '') {
    return openPrompt(context, {
      ...MODEL_SETTINGS,
      text: formatModelSettings(before),
      action: { type: 'model.setSettings' },
    })
  }
  const wanted = parseModelSettings(text, before)
  const reported = await models.setSettings(wanted)
  context.session.notify('info', modelSettingsSet(formatModelSettings(reported)))
}
