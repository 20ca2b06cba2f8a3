import type { RuleSuggestion } from '../../lib/permissions/types.ts'
import { pendingApprovals } from '../../lib/session/state/selectors.ts'
import { PRESSED_TOO_EARLY } from '../messages/approvals.ts'
import type { WorkbenchCommandId } from '../messages/commands.ts'
import { ALWAYS_ALLOW, EDIT_RULE, NO_SAFE_RULE } from '../messages/permissions.ts'
import type { PromptAction } from '../state/overlay-actions.ts'
import { isDialogSeen, type ShownApproval } from '../state/shown-approval.ts'
import type { OverlayOf } from '../state/state.ts'
import { openOverlay, openPrompt } from './open-overlay.ts'
import { approvedSelection, isInReview } from './selected-change.ts'
import { flash, type WorkbenchCommand, type WorkbenchContext } from './workbench-command.ts'

/** The dialog that adds a rule: which one, where it is saved, and what it would have allowed so far. */
export const RULE_DIALOG_COMMANDS: readonly WorkbenchCommand[] = [
  change('rule.next', { rule: 1, scope: 0 }),
  change('rule.previous', { rule: -1, scope: 0 }),
  change('rule.widen', { rule: 0, scope: 1 }),
  change('rule.narrow', { rule: 0, scope: -1 }),
  {
    id: 'rule.edit',
    hidden: true,
    run(context) {
      const dialog = shownDialog(context)
      if (dialog === null) return
      const { callId, scope, rules, selected } = dialog
      openPrompt(context, {
        ...EDIT_RULE,
        text: rules[selected] ?? '',
        action: { type: 'approval.editRule', callId, scope },
      })
    },
  },
  {
    id: 'rule.save',
    hidden: true,
    async run(context) {
      const { root, session } = context
      const dialog = shownDialog(context)
      if (dialog === null) return
      if (!isDialogSeen(dialog, context.now())) {
        flash(context, PRESSED_TOO_EARLY)
        return
      }
      const { callId, scope, rules, selected } = dialog
      const selection = approvedSelection(root.state, callId)
      root.dispatch({ type: 'overlay.closed' })
      await session.approvals.allowAlways(callId, rules[selected] ?? '', scope, {
        isInReview: (other) => isInReview(root.state, other),
        ...(selection === undefined ? {} : { selection }),
      })
    },
  },
]

function shownDialog({ root }: WorkbenchContext): OverlayOf<'rule'> | null {
  const { overlay } = root.state.workbench
  return overlay?.type === 'rule' ? overlay : null
}

function change(
  id: WorkbenchCommandId,
  by: { readonly rule: number; readonly scope: number },
): WorkbenchCommand {
  return {
    id,
    hidden: true,
    async run(context) {
      context.root.dispatch({ type: 'ruleDialog.changed', by })
      if (by.rule !== 0) await computeEffect(context)
    },
  }
}

export async function openRuleDialog(
  context: WorkbenchContext,
  { call, phase }: ShownApproval,
): Promise<void> {
  const { callId } = call
  if (phase.suggestion === null) {
    flash(context, NO_SAFE_RULE, 'warning')
    return
  }
  const { rule } = phase.suggestion
  const scope = narrowScope(phase.suggestion, phase.preview.type === 'command')
  const others = await context.session.approvals.suggestRules(callId)
  // The next key may have answered the call meanwhile.
  if (!pendingApprovals(context.root.state.session).some((one) => one.callId === callId)) return
  const rules = [...new Set([rule, ...others.map((other) => other.rule)])].slice(0, MAX_RULES)
  await showDialog(context, { callId, rules, scope, visibleSince: context.now() })
}

/** A file that a team shares is changed only by a person who chooses it. */
function narrowScope({ scope }: RuleSuggestion, isCommand: boolean): RuleSuggestion['scope'] {
  if (scope !== 'project' && scope !== 'user') return scope
  return isCommand ? 'session' : 'local'
}

const MAX_RULES = 5

async function showDialog(
  context: WorkbenchContext,
  dialog: Pick<OverlayOf<'rule'>, 'callId' | 'rules' | 'scope' | 'visibleSince'>,
): Promise<void> {
  openOverlay(context, { type: 'rule', title: ALWAYS_ALLOW, ...dialog, selected: 0, effect: null })
  await computeEffect(context)
}

/** The text of the prompt in place of the suggested rules. An invalid one leaves the prompt open. */
export async function useEditedRule(
  context: WorkbenchContext,
  { callId, scope }: Extract<PromptAction, { type: 'approval.editRule' }>,
  text: string,
): Promise<void> {
  const rule = text.trim()
  // Rejects when it is not valid.
  await context.session.approvals.ruleEffect({ rule, scope }, () => false)
  await showDialog(context, { callId, rules: [rule], scope })
}

/** Of the selected rule, until another one is selected. */
async function computeEffect(context: WorkbenchContext): Promise<void> {
  const { root, session } = context
  const dialog = shownDialog(context)
  const rule = dialog?.rules[dialog.selected]
  if (dialog === null || rule === undefined) return
  const suggestion: RuleSuggestion = { rule, scope: dialog.scope }
  const isWanted = (): boolean => {
    const shown = shownDialog(context)
    return shown !== null && shown.rules[shown.selected] === rule
  }
  const effect = await session.approvals.ruleEffect(suggestion, isWanted)
  if (effect !== null) root.dispatch({ type: 'ruleDialog.effectFound', rule, effect })
}
