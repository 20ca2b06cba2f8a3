import {
  PERMISSION_MODES,
  type PermissionMode,
  type RuleSource,
} from '../../lib/permissions/types.ts'
import type { PickerAction, RuleListName } from '../state/overlay-actions.ts'
import type { PickerItem, RootState } from '../state/state.ts'
import { MODES as MODE_LOOKS } from '../view/panes/composer.ts'
import { openPicker } from './open-overlay.ts'
import type { WorkbenchCommand, WorkbenchContext } from './workbench-command.ts'

/** The permission mode, and every rule with the place where it is defined. */
export const RULE_COMMANDS: readonly WorkbenchCommand[] = [
  {
    id: 'permissions.show',
    title: 'Show mode and rules; choose a mode, take back a rule of this session',
    slash: 'permissions',
    run(context) {
      const { state } = context.root
      const items = [
        ...PERMISSION_MODES.map((mode) => modeItem(mode, state)),
        ...RULE_LISTS.flatMap(ruleItems(state)),
      ]
      openPicker(context, 'Permissions: mode and rules', items)
    },
  },
]

type RuleRemoval = Extract<PickerAction, { type: 'rule.remove' }>

/** Only a rule of this session can be removed; the others are in files. */
export function removeRule(
  { root, session }: WorkbenchContext,
  { list, rule: { text, source } }: RuleRemoval,
): void {
  if (source !== 'session') {
    const where = `${text} comes from ${SOURCE_LABELS[source]}: take it out there.`
    root.dispatch({ type: 'flash.shown', level: 'info', text: where })
    return
  }
  const rule = root.state.session.rules[list].find(
    (one) => one.text === text && one.source === source,
  )
  if (rule === undefined) return
  session.rules.remove(list, rule)
  session.notify('info', `Taken back: ${list} ${text}`)
}

const RULE_LISTS: readonly RuleListName[] = ['deny', 'ask', 'allow']

const SOURCE_LABELS: Readonly<Record<RuleSource, string>> = {
  flag: 'the command line',
  session: 'this session',
  local: '.letta/settings.local.json',
  project: '.letta/settings.json',
  user: '~/.letta/settings.json',
}

function modeItem(mode: PermissionMode, { session }: RootState): PickerItem {
  return {
    title: `mode ${mode}`,
    detail: MODE_LOOKS[mode].words,
    current: mode === session.mode,
    action: { type: 'mode.set', mode },
  }
}

function ruleItems({ session }: RootState): (list: RuleListName) => readonly PickerItem[] {
  return (list) =>
    session.rules[list].map((rule) => ({
      title: `${list} ${rule.text}`,
      detail: rule.source === 'session' ? 'this session: take back' : SOURCE_LABELS[rule.source],
      current: false,
      action: { type: 'rule.remove', list, rule },
    }))
}
