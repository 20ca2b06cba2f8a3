import { invalidDate } from '../messages/tools.ts'

/** Parses an ISO 8601 date, a date without a time as the beginning or the end of the day. Null when it is invalid. */
function parseMoment(text: string, edge: 'begin' | 'end'): string | null {
  const day = /^\d{4}-\d\d-\d\d$/.test(text)
  const time = edge === 'begin' ? 'T00:00:00.000Z' : 'T23:59:59.999Z'
  const hasZone = /(Z|[+-]\d\d:?\d\d)$/.test(text)
  const moment = new Date(day ? text + time : hasZone ? text : `${text}Z`)
  return Number.isNaN(moment.getTime()) ? null : moment.toISOString()
}

export interface DateRange {
  readonly from: string | null
  readonly to: string | null
}

/** Parses the two dates of a range, start first. Throws what `createError` creates for an invalid date. */
export function parseDateRange(
  dates: Readonly<Record<string, string | null | undefined>>,
  createError: (message: string) => Error,
): DateRange {
  const [from = null, to = null] = Object.entries(dates).map(([name, text], index) => {
    if (text == null || text === '') return null
    const moment = parseMoment(text, index === 0 ? 'begin' : 'end')
    if (moment !== null) return moment
    throw createError(invalidDate(name, text))
  })
  return { from, to }
}

export function isWithin({ from, to }: DateRange, at: string): boolean {
  return (from === null || at >= from) && (to === null || at <= to)
}
