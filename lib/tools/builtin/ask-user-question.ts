import * as z from 'zod'
import { QUESTIONS_UNANSWERED, questionsAnswered, questionsLabel } from '../messages/plans.ts'
import type { Tool } from '../tool.ts'

const option = z.object({
  label: z.string().min(1).describe('The choice, in one to five words'),
  description: z.string().default('').describe('What choosing it means'),
})

const question = z.object({
  question: z.string().min(1).describe('The complete question'),
  header: z.string().default('').describe('Its subject, in one or two words'),
  options: z
    .array(option)
    .min(2)
    .max(4)
    .describe('Two to four choices. The user can always answer in own words: add no "other".'),
  multiSelect: z.boolean().default(false).describe('Whether several choices can be selected'),
})

const parameters = z.object({
  questions: z.array(question).min(1).max(4).describe('One to four questions'),
})

export const askUserQuestion: Tool<z.infer<typeof parameters>> = {
  name: 'AskUserQuestion',
  access: 'consent',
  description:
    'Asks the user one to four questions with choices and waits for the answers. Use it when the request can be understood in several ways, or when a decision is the user’s. Not for approval of a plan or of a call: these are asked for anyway.',
  parameters,
  label: ({ questions }) => questionsLabel(questions.map((one) => one.question)),
  subject: () => ({ type: 'nothing' }),
  preview: async ({ questions }) => ({ type: 'questions', questions }),
  run: async ({ questions }, { answers }) =>
    answers === null
      ? { status: 'error', text: QUESTIONS_UNANSWERED }
      : { status: 'success', text: questionsAnswered(questions, answers) },
}
