import { needsAgent } from '../../lib/commands/session-command.ts'
import { PICKER_TITLES } from '../messages/program.ts'
import {
  CREATE_SKILL,
  NO_SKILLS,
  SKILLS_BLOCK_MAINTAINED,
  SKILLS_BLOCK_QUESTION,
  SKILLS_BLOCK_TITLE,
  useSkill,
} from '../messages/skills.ts'
import { insert } from '../state/editor.ts'
import type { RootState } from '../state/state.ts'
import { isSkillsPage, selectedItem, selectedSkill, skillItems } from '../view/panes/skill-items.ts'
import { diffLines } from './memory-diff.ts'
import { openPicker, openPrompt, openReview } from './open-overlay.ts'
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
    id: 'skills.edit',
    hidden: true,
    unavailable: noSkills,
    async run(context) {
      const item = selectedItem(context.root.state)
      if (item === null) return
      const { path, line = null } = item.type === 'skill' ? { path: item.skill.path } : item.problem
      await context.editFile(path, line)
    },
  },
  {
    id: 'skills.create',
    unavailable: ({ session }) => needsAgent(session),
    run: (context) => openPrompt(context, { ...CREATE_SKILL, action: { type: 'skill.create' } }),
  },
  {
    id: 'skills.find',
    hidden: true,
    unavailable: noSkills,
    run(context) {
      const current = selectedItem(context.root.state)
      const items = skillItems(context.root.state).map((item) => {
        const texts =
          item.type === 'skill'
            ? [item.skill.description, ...item.skill.tags.map((tag) => `#${tag}`)]
            : [item.problem.message]
        return {
          title: item.type === 'skill' ? item.skill.name : item.problem.path,
          detail: texts.join(' '),
          current: item.id === current?.id,
          action: { type: 'skill.select', id: item.id } as const,
        }
      })
      openPicker(context, PICKER_TITLES.skills, items)
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

function noSkills(state: RootState): string | null {
  return skillItems(state).length === 0 ? NO_SKILLS : null
}

function select(context: WorkbenchContext, by: 1 | -1): void {
  const items = skillItems(context.root.state)
  const item = selectedItem(context.root.state)
  const at = item === null ? -1 : items.findIndex(({ id }) => id === item.id)
  const next = items[Math.min(items.length - 1, Math.max(0, at + by))]
  if (next !== undefined) selectSkill(context, next.id)
}

/** Selects a skill or an invalid file, and shows it. */
export function selectSkill(context: WorkbenchContext, id: string): void {
  context.root.dispatch({ type: 'skill.selected', id })
  if (!isSkillsPage(context.root.state)) showItem(context, 'skills', id)
}

/** Creates a skill from a template, and opens it in the editor. */
export async function createSkill(context: WorkbenchContext, name: string): Promise<void> {
  const file = await context.session.skills.create(name)
  await context.editFile(file, null)
  await context.session.skills.refresh()
  const created = context.root.state.session.skills.found.find(({ path }) => path === file)
  if (created !== undefined) selectSkill(context, created.id)
}
