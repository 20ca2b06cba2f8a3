/** Todos, plans and questions. */

// Verbatim: Claude Code
export const TODOS_SAVED =
  'Todos have been modified successfully. Ensure that you continue to use the todo list to track your progress. Please proceed with the current tasks if applicable'

// Verbatim: Claude Code
export const PLAN_APPROVED =
  'User has approved your plan. You can now start coding.\nStart with updating your todo list if applicable'

/** One line for the conversation. */
export function questionsLabel([first = '', ...more]: readonly string[]): string {
  return more.length === 0 ? first : `${first} (and ${more.length} more)`
}

export const QUESTIONS_UNANSWERED = 'The user has not answered.'

interface AskedQuestion {
  readonly question: string
  readonly options: readonly { readonly label: string }[]
}

interface GivenAnswer {
  readonly chosen: readonly number[]
  readonly text: string
}

/** For the agent. */
export function questionsAnswered(
  questions: readonly AskedQuestion[],
  answers: readonly GivenAnswer[],
): string {
  const answered = questions.map(({ question, options }, index) => {
    const { chosen = [], text = '' } = answers[index] ?? {}
    const labels = chosen.flatMap((at) => options[at]?.label ?? [])
    const lines = [
      ...(labels.length === 0 ? [] : [labels.join(', ')]),
      ...(text === '' ? [] : [`In the user’s words: ${text}`]),
    ]
    return `${index + 1}. ${question}\n   ${lines.join('\n   ') || 'No answer.'}`
  })
  return `The user has answered.\n\n${answered.join('\n')}`
}

export const todosDone = (done: number, total: number): string => `${done} of ${total} done`
