import { PLAN_APPROVED } from './plans.ts'

/** What the agent reads when the user edited a call, or approved a part of it. */

const MAX_REJECTED_DIFF_CHARACTERS = 10_000

interface PartlyApplied {
  /** The hunks of the proposed change by their headers. */
  readonly hunks: readonly {
    readonly header: string
    readonly decision: 'applied' | 'rejected' | 'partly'
  }[]
  /** A diff from what the file contained before to what it contains now. */
  readonly applied: string
  /** A diff from what the file contains now to what was proposed. */
  readonly rejected: string
  /** What the user said; null for nothing. */
  readonly comment: string | null
}

export function changePartlyApplied(
  path: string,
  { hunks, applied, rejected, comment }: PartlyApplied,
): string {
  const shown = hunks.slice(0, MAX_LISTED_HUNKS)
  const list = shown.map(({ header, decision }) => `${header} ${HUNK_DECISIONS[decision]}`)
  const more = hunks.length > shown.length ? [`… ${hunks.length - shown.length} more`] : []
  const reason = comment === null ? '' : `\nThe user's reason: ${comment}`
  return `${REVIEWED_CHANGE}${path} and applied only a part of it. The hunks of your change:\n${[...list, ...more].join('\n')}\n\nThis part was applied, with the lines that the file contains now:\n\n${cutDiff(applied)}\n\nThis part was rejected and is not in the file: do not make it again unless the user asks for it.${reason}\n\n${cutDiff(rejected)}`
}

const MAX_LISTED_HUNKS = 100

const HUNK_DECISIONS = { applied: 'applied', rejected: 'rejected', partly: 'applied in part' }

function cutDiff(diff: string): string {
  const isCut = diff.length > MAX_REJECTED_DIFF_CHARACTERS
  return isCut ? `${diff.slice(0, MAX_REJECTED_DIFF_CHARACTERS)}\n…` : diff.trimEnd()
}

const REVIEWED_CHANGE = 'The user reviewed the change of '

/** Whether the result of a call reports that the user applied only a part of it. */
export function reportsPart(result: string): boolean {
  return result.startsWith(REVIEWED_CHANGE)
}

/** How results begin that report an edit by the user. */
const EDITED_CHANGE = 'The user edited your change of '

const EDITED_COMMAND = 'The user edited the command before approving it.'
const EDITED_PLAN = 'The user edited the plan before approving it.'

/** Whether the result of a call reports that the user edited it before approving it. */
export function reportsEdit(result: string): boolean {
  return EDIT_REPORTS.some((start) => result.startsWith(start))
}

/** The result of a call that was not edited: output that begins like the report of an edit begins with a blank line. */
export function noReport(result: string): string {
  return reportsEdit(result) ? `\n${result}` : result
}

/** `diff`: from what was proposed to what the user made of it. */
export function changeEdited(path: string, diff: string): string {
  return `${EDITED_CHANGE}${path} before applying it. The file contains the version of the user: do not change it back unless the user asks for it. What the user changed in your text:\n\n${cutDiff(diff)}`
}

/** Before the output of a command that the user edited. */
export function commandEdited(command: string): string {
  return `${EDITED_COMMAND} This is the output of:\n${FENCE}\n${command}\n${FENCE}\n\n`
}

const FENCE = '```'

/** The command that ran in place of the proposed one, from the result of a call; null when it was not edited. */
export function editedCommandOf(result: string): string | null {
  const start = commandEdited('').indexOf(FENCE) + FENCE.length + 1
  const end = result.indexOf(`\n${FENCE}\n\n`, start)
  return result.startsWith(EDITED_COMMAND) && end >= 0 ? result.slice(start, end) : null
}

/** The output of a command that the user edited, without the report for the agent before it. */
export function outputOfEditedCommand(result: string): string {
  const command = editedCommandOf(result)
  return command === null ? result : result.slice(commandEdited(command).length)
}

const EDIT_REPORTS = [EDITED_CHANGE, EDITED_COMMAND, `${PLAN_APPROVED}\n\n${EDITED_PLAN}`]

/** `plan`: as the user edited and approved it. */
export function planEdited(plan: string): string {
  return `${PLAN_APPROVED}\n\n${EDITED_PLAN} Follow this version:\n\n${plan}`
}
