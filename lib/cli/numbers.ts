import { UsageError } from '../util/user-error.ts'
import { notAnInteger, notInRange, notPositiveInteger } from './messages.ts'

/** The value of a flag that counts something; null when it is not given. Throws a `UsageError`. */
export function parsePositiveInteger(flag: string, value: string | null): number | null {
  if (value === null) return null
  if (/^[1-9]\d{0,6}$/.test(value)) return Number(value)
  throw new UsageError(notPositiveInteger(flag, value))
}

/** The value of a flag that is a position: 0 is the start. Throws a `UsageError`. */
export function parsePosition(flag: string, value: string | null): number | null {
  if (value === null) return null
  if (/^\d{1,9}$/.test(value)) return Number(value)
  throw new UsageError(notAnInteger(flag, value))
}

const MAX_PORT = 65_535

/** The value of a flag that is a TCP port; 0 lets the system choose one. Throws a `UsageError`. */
export function parsePort(flag: string, value: string | null): number | null {
  if (value === null) return null
  if (/^\d{1,5}$/.test(value) && Number(value) <= MAX_PORT) return Number(value)
  throw new UsageError(notInRange(flag, MAX_PORT, value))
}
