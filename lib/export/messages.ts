/** The texts of exported conversations. */

export const USER = 'You'
export const REASONING = 'Reasoning'
export const OUTPUT = 'Output'

export function exportedFrom(agent: string, model: string, time: string): string {
  return `Conversation with ${agent} (${model}), exported ${time}`
}

export function deniedBecause(reason: string): string {
  return reason === '' ? 'denied' : `denied: ${reason}`
}

export const CALL_FAILED = 'failed'
export const CALL_UNANSWERED = 'no result'
