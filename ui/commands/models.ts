import type { Choice } from '../../lib/commands/command.ts'
import { needsAgent } from '../../lib/commands/session-command.ts'
import type { ListedModel } from '../../lib/session/ports/models.ts'
import { EFFORTS, type ReasoningEffort, toEffort } from '../../lib/util/effort.ts'
import { UserError } from '../../lib/util/user-error.ts'
import {
  alreadyHasEffort,
  alreadyUsesModel,
  effortHelp,
  effortSaved,
  effortSet,
  MODEL_SETTINGS,
  modelSettingsSet,
  modelTexts,
  saveEffortItem,
  switchedModel,
  unknownEffort,
} from '../messages/models.ts'
import { PICKER_TITLES } from '../messages/program.ts'
import { matchingPickerItems } from '../state/selectors.ts'
import type { OverlayOf, PickerItem } from '../state/state.ts'
import { shortCount } from '../view/panes/format.ts'
import { formatModelSettings, parseModelSettings } from './model-settings.ts'
import { openOverlay, openPicker, openPrompt } from './open-overlay.ts'
import { flash, type WorkbenchCommand, type WorkbenchContext } from './workbench-command.ts'

export const MODEL_COMMANDS: readonly WorkbenchCommand[] = [
  {
    id: 'model.choose',
    argument: { name: 'model', required: false },
    choices: modelChoices,
    unavailable: ({ session }) => (session.start === 'noModel' ? null : needsAgent(session)),
    async run(context, name) {
      // The first model creates the agent.
      if (context.root.state.session.agent === null) return context.run('account.choose')
      const [word = '', ...values] = name.trim().split(/\s+/)
      if (word === 'settings') return editModelSettings(context, values.join(' '))
      if (name !== '') return setModel(context, name)
      openPicker(context, PICKER_TITLES.model, await modelItems(context))
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
      const { model = '', effort = null } = context.session.store.state.agent ?? {}
      const save = {
        ...saveEffortItem(model, effort ?? DEFAULT_EFFORT),
        current: false,
        action: { type: 'effort.set', level: SAVE_EFFORT } as const,
      }
      openPicker(context, PICKER_TITLES.effort, [...items, save])
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
const SAVE_EFFORT = 'save'

async function saveEffort({ session }: WorkbenchContext): Promise<void> {
  await session.models.saveEffort()
  const { model = '', effort = null } = session.store.state.agent ?? {}
  session.notify('info', effortSaved(model, effort))
}

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
  if (level === SAVE_EFFORT) return saveEffort(context)
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
  if (context.root.state.session.isQueuePaused) context.session.turns.resume()
}

async function modelItems(context: WorkbenchContext): Promise<readonly PickerItem[]> {
  const choices = await modelChoices(context)
  return choices.map((choice) => ({
    ...choice,
    action: { type: 'model.set', handle: choice.id } as const,
  }))
}

/** Adds the selected model to the favorites, or removes it; the list stays open with it selected. */
export async function toggleFavorite(context: WorkbenchContext): Promise<void> {
  const { overlay } = context.root.state.workbench
  if (overlay?.type !== 'picker') return
  const action = matchingPickerItems(overlay)[overlay.selected]?.action
  if (action?.type !== 'model.set') return
  await context.session.models.toggleFavorite(action.handle)
  const items = await modelItems(context)
  // The list may have been closed meanwhile.
  if (context.root.state.workbench.overlay !== overlay) return
  const selected = matchingPickerItems({ ...overlay, items }).findIndex(
    (item) => item.action.type === 'model.set' && item.action.handle === action.handle,
  )
  openOverlay(context, { ...overlay, items, selected: Math.max(0, selected) })
}

/** Favorites come first, then those that were used last. */
async function modelChoices({ session }: WorkbenchContext): Promise<readonly Choice[]> {
  const current = session.store.state.agent?.model
  const [models, recent] = await Promise.all([session.models.list(), session.usage.recentModels()])
  const favorites = session.models.favorites()
  const first = [...favorites, ...recent]
  const rank = (handle: string): number => {
    const at = first.indexOf(handle)
    return at < 0 ? first.length : at
  }
  const choices = models.map((model) => ({
    id: model.handle,
    title: model.handle,
    detail: modelDetail(model, {
      isFavorite: favorites.includes(model.handle),
      isRecent: recent.includes(model.handle),
    }),
    current: model.handle === current,
  }))
  return choices.toSorted((one, other) => rank(one.id) - rank(other.id))
}

function modelDetail(
  { handle, title, contextWindow, price, readsImages, reasons, callsTools, isLocal }: ListedModel,
  { isFavorite, isRecent }: { readonly isFavorite: boolean; readonly isRecent: boolean },
): string {
  const parts = [
    isFavorite ? modelTexts.favorite : '',
    handle.endsWith(title) ? '' : title,
    contextWindow === null ? '' : modelTexts.window(shortCount(contextWindow)),
    price === null ? (isLocal ? '' : modelTexts.unknownPrice) : modelTexts.price(price),
    readsImages ? '' : modelTexts.textOnly,
    reasons ? modelTexts.reasons : '',
    callsTools ? modelTexts.tools : modelTexts.noTools,
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
