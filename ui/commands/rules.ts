import { findLimits } from '../../lib/permissions/rules/limits.ts'
import { PERMISSION_MODES, type PermissionMode } from '../../lib/permissions/types.ts'
import { isRemovable } from '../../lib/session/ports/rules.ts'
import { spellOut } from '../../lib/util/invisible-characters.ts'
import { MEMORY_REVIEW, MEMORY_REVIEW_OFF, MEMORY_REVIEW_ON } from '../messages/memory.ts'
import {
  LIMIT_TITLE,
  RULE_SOURCES,
  removableRule,
  removedRule,
  ruleDefinedIn,
  ruleNotSet,
} from '../messages/permissions.ts'
import { PICKER_TITLES } from '../messages/program.ts'
import type { PickerAction, RuleListName } from '../state/overlay-actions.ts'
import type { PickerItem, RootState } from '../state/state.ts'
import { modeLabels } from '../view/messages/panes.ts'
import { openPicker } from './open-overlay.ts'
import { flash, type WorkbenchCommand, type WorkbenchContext } from './workbench-command.ts'

/** The permission mode, and every rule with the place where it is defined. */
export const RULE_COMMANDS: readonly WorkbenchCommand[] = [
  {
    id: 'permissions.show',
    run(context) {
      const { state } = context.root
      const items = [
        ...state.session.settingsProblems.map(textItem),
        ...PERMISSION_MODES.map((mode) => modeItem(mode, state)),
        memoryItem(state),
        ...RULE_LISTS.flatMap(ruleItems(state)),
        ...findLimits(state.session.rules, state.session.mode).map(limitItem),
      ]
      openPicker(context, PICKER_TITLES.permissions, items)
    },
  },
]

/** At start: what the user's rules and the mode do not bind; nothing where no rule is about files. */
export function reportLimits({
  store,
  notify,
}: Pick<WorkbenchContext['session'], 'store' | 'notify'>): void {
  const found = findLimits(store.state.rules, store.state.mode)
  if (found.length > 0) notify('info', found.join(' '))
}

export async function setMemoryReview(context: WorkbenchContext, isOn: boolean): Promise<void> {
  await context.session.rules.reviewMemory(isOn)
  context.session.notify('info', isOn ? MEMORY_REVIEW_ON : MEMORY_REVIEW_OFF)
}

/** Selecting it switches the review on or off. */
function memoryItem({ session }: RootState): PickerItem {
  const { reviewsMemory, memoryReviewProblem } = session
  return {
    title: MEMORY_REVIEW.title,
    detail: memoryReviewProblem ?? (reviewsMemory ? MEMORY_REVIEW.on : MEMORY_REVIEW.off),
    current: reviewsMemory,
    action: { type: 'memory.review', isOn: !reviewsMemory },
  }
}

type RuleRemoval = Extract<PickerAction, { type: 'rule.remove' }>

/** A rule of this session can be removed, and what a file allows; the others are edited where they are. */
export async function removeRule(
  context: WorkbenchContext,
  { list, rule: listed }: RuleRemoval,
): Promise<void> {
  const { root, session } = context
  const { text, source } = listed
  if (!isRemovable(list, listed)) {
    flash(context, ruleDefinedIn(text, RULE_SOURCES[source]))
    return
  }
  // The list may have changed while the picker was open.
  const rule = root.state.session.rules[list].find(
    (one) => one.text === text && one.source === source,
  )
  if (rule === undefined) {
    flash(context, ruleNotSet(text))
    return
  }
  await session.rules.remove(list, rule)
  session.notify('info', removedRule(list, text))
}

const RULE_LISTS: readonly RuleListName[] = ['deny', 'ask', 'allow']

function modeItem(mode: PermissionMode, { session }: RootState): PickerItem {
  return {
    title: `mode ${mode}`,
    detail: modeLabels[mode],
    current: mode === session.mode,
    action: { type: 'mode.set', mode },
  }
}

function limitItem(text: string): PickerItem {
  return { ...textItem(text), title: LIMIT_TITLE, detail: text }
}

function textItem(text: string): PickerItem {
  return { title: text, detail: '', current: false, action: { type: 'text.show', text } }
}

function ruleItems({ session }: RootState): (list: RuleListName) => readonly PickerItem[] {
  return (list) =>
    session.rules[list].map((rule) => ({
      title: `${list} ${spellOut(rule.text)}`,
      detail: isRemovable(list, rule)
        ? removableRule(RULE_SOURCES[rule.source])
        : RULE_SOURCES[rule.source],
      current: false,
      action: { type: 'rule.remove', list, rule },
    }))
}
