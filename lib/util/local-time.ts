/** The parts of a local time; `day` identifies the day. */
interface LocalTime {
  /** `09:05`. */
  readonly time: string
  readonly date: number
  /** From 0. */
  readonly month: number
  readonly day: string
}

/** A time in milliseconds since 1970, in the time zone of this process. */
export function localTime(at: number): LocalTime {
  const moment = new Date(at)
  return {
    time: `${twoDigits(moment.getHours())}:${twoDigits(moment.getMinutes())}`,
    date: moment.getDate(),
    month: moment.getMonth(),
    day: moment.toDateString(),
  }
}

/** `2026-11-29 15:04`: how people read a time, in the time zone of this process. JSON has the time in UTC (ISO 8601). */
export function formatLocalTime(at: number): string {
  const moment = new Date(at)
  const day = [moment.getFullYear(), twoDigits(moment.getMonth() + 1), twoDigits(moment.getDate())]
  return `${day.join('-')} ${localTime(at).time}`
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0')
}
