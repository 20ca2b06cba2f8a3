import {
  PERMISSION_MODES,
  type PermissionMode,
  type PermissionRule,
  type RuleSource,
} from '../../lib/permissions/types.ts'
import type { PickerItem } from '../state/state.ts'
import { MODES as MODE_LOOKS } from '../view/panes/composer.ts'
import { pick } from './agents-and-models.ts'
import type { WorkbenchCommand } from './workbench-command.ts'

/** What may run unasked: the mode, and every rule with where it comes from. */
export const RULE_COMMANDS: readonly WorkbenchCommand[] = [
  {
    id: 'permissions.show',
    title: 'Show mode and rules; choose a mode, take back a rule of this session',
    slash: 'permissions',
    run(context) {
      const { mode } = context.root.state.session
      const items = [
        ...PERMISSION_MODES.map((one) => modeItem(one, mode)),
        ...LISTS.flatMap((list) => context.root.state.session.rules[list].map(ruleItem(list))),
      ]
      pick(context, 'permissions.change', 'Permissions: mode and rules', items)
    },
  },
  {
    id: 'permissions.change',
    title: 'Take this mode, or take back this rule',
    hidden: true,
    run({ root, session, run }, id) {
      const [list = '', index = ''] = id.split(' ')
      if (!isList(list)) return run('mode.set', index)
      const rule = root.state.session.rules[list][Number(index)]
      if (rule === undefined) return
      if (rule.source === 'session') {
        session.removeRule(list, rule)
        session.notify('info', `Taken back: ${list} ${rule.text}`)
        return
      }
      const text = `${rule.text} comes from ${PLACES[rule.source]}: take it out there.`
      root.dispatch({ type: 'flash.shown', level: 'info', text })
    },
  },
]

const LISTS = ['deny', 'ask', 'allow'] as const
type List = (typeof LISTS)[number]

function isList(text: string): text is List {
  return LISTS.some((list) => list === text)
}

const PLACES: Readonly<Record<RuleSource, string>> = {
  flag: 'the command line',
  session: 'this session',
  local: '.letta/settings.local.json',
  project: '.letta/settings.json',
  user: '~/.letta/settings.json',
}

function modeItem(mode: PermissionMode, current: PermissionMode): PickerItem {
  const { words } = MODE_LOOKS[mode]
  return { id: `mode ${mode}`, title: `mode ${mode}`, detail: words, current: mode === current }
}

function ruleItem(list: List): (rule: PermissionRule, index: number) => PickerItem {
  return ({ text, source }, index) => ({
    id: `${list} ${index}`,
    title: `${list} ${text}`,
    detail: source === 'session' ? 'this session: take back' : PLACES[source],
    current: false,
  })
}
