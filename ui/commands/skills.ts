import { needsAgent } from '../../lib/commands/session-command.ts'
import { SKILLS_BLOCK_QUESTION, SKILLS_BLOCK_TITLE } from '../messages/dialogs.ts'
import { NO_SKILLS, SKILLS_BLOCK_MAINTAINED, useSkill } from '../messages/notices.ts'
import { insert } from '../state/editor.ts'
import { orderedSkills, selectedSkill } from '../view/panes/skills.ts'
import { diffLines } from './memory-diff.ts'
import { openReview } from './open-overlay.ts'
import { showItem } from './scroll.ts'
import { flash, type WorkbenchCommand, type WorkbenchContext } from './workbench-command.ts'

export const SKILL_COMMANDS: readonly WorkbenchCommand[] = [
  {
    id: 'skills.next',
    hidden: true,
    run: (context) => select(context, 1),
  },
  {
    id: 'skills.previous',
    hidden: true,
    run: (context) => select(context, -1),
  },
  {
    id: 'skills.use',
    unavailable: ({ session }) => (session.skills.found.length === 0 ? NO_SKILLS : null),
    run({ root, now }) {
      const skill = selectedSkill(root.state)
      if (skill === null) return
      const editor = insert(root.state.workbench.composer, useSkill(skill.id))
      root.dispatch({ type: 'focus.moved', to: 'composer' })
      root.dispatch({ type: 'text.edited', editor, at: now() })
    },
  },
  {
    id: 'skills.reviewBlock',
    unavailable: ({ session }) => needsAgent(session),
    run(context) {
      const foreign = context.session.skills.foreignBlock()
      if (foreign === null) {
        flash(context, SKILLS_BLOCK_MAINTAINED)
        return
      }
      const { block, value } = foreign
      openReview(context, {
        title: SKILLS_BLOCK_TITLE,
        lines: diffLines(block.value, value),
        question: { text: SKILLS_BLOCK_QUESTION, action: { type: 'skills.adoptBlock' } },
      })
    },
  },
]

function select(context: WorkbenchContext, by: 1 | -1): void {
  const { state } = context.root
  const skills = orderedSkills(state.session.skills.found)
  const skill = selectedSkill(state)
  const at = skill === null ? -1 : skills.indexOf(skill)
  const next = skills[Math.min(skills.length - 1, Math.max(0, at + by))]
  if (next === undefined) return
  context.root.dispatch({ type: 'skill.selected', id: next.id })
  showItem(context, 'skills', next.id)
}
