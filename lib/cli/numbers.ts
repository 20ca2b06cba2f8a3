import { UsageError } from '../util/user-error.ts'
import { notAnAmount, notAnInteger, notInRange, notPositiveInteger } from './messages.ts'

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

/** The value of a flag that is an amount of money: `2`, `0.50`. Throws a `UsageError`. */
export function parseAmount(flag: string, value: string | null): number | null {
  if (value === null) return null
  const amount = /^\$?(\d{1,6}(?:\.\d{1,6})?)$/.exec(value)?.[1]
  if (amount !== undefined && Number(amount) > 0) return Number(amount)
  throw new UsageError(notAnAmount(flag, value))
}
