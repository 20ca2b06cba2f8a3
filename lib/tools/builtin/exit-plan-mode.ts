import * as z from 'zod'
import { PLAN_APPROVED } from '../messages/plans.ts'
import { planEdited } from '../messages/reviews.ts'
import type { Tool } from '../tool.ts'

const parameters = z.object({
  plan: z.string().describe('The plan, in Markdown, for the user to approve'),
})

type ExitPlanModeArgs = z.infer<typeof parameters>

export const exitPlanMode: Tool<ExitPlanModeArgs> = {
  name: 'ExitPlanMode',
  access: 'consent',
  endsPlanMode: true,
  description:
    'Shows the user your plan and asks to leave plan mode. Use it when the plan for work that changes something is complete, not for questions or research.',
  parameters,
  label: ({ plan }) => {
    const first = plan.split('\n').find((line) => line.trim() !== '') ?? 'plan'
    return first.replace(/^#+ +/, '')
  },
  subject: () => ({ type: 'nothing' }),
  preview: async ({ plan }) => ({ type: 'plan', markdown: plan }),
  editing: {
    propose: async ({ plan }) => ({ text: plan, fileName: 'plan.md' }),
    revise: (_, plan) => ({ plan }),
  },
  run: async ({ plan }, { edited }) => ({
    status: 'success',
    text: edited === null ? PLAN_APPROVED : planEdited(plan),
  }),
}
