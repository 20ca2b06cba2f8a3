import type { ModelSettings } from '../../lib/client/gateway/model-settings.ts'
import { UserError } from '../../lib/util/user-error.ts'
import { invalidModelSetting } from '../messages/models.ts'

/** As one line that can be edited: `temperature=default max-tokens=4000 window=200000 parallel=on`. */
export function formatModelSettings(settings: ModelSettings): string {
  const { temperature, maxTokens, contextWindow, parallelCalls } = settings
  return [
    `temperature=${temperature ?? DEFAULT}`,
    `max-tokens=${maxTokens ?? DEFAULT}`,
    `window=${contextWindow ?? DEFAULT}`,
    `parallel=${parallelCalls ? 'on' : 'off'}`,
  ].join(' ')
}

const DEFAULT = 'default'
/** `Number` reads `0x10` and `1e9`, too. */
const DECIMAL = /^\d+(\.\d+)?$/
/** A smaller one has no place for a system prompt. */
const MIN_WINDOW = 1000

/** Values that are not named stay as they are. Throws a `UserError`. */
export function parseModelSettings(text: string, before: ModelSettings): ModelSettings {
  const words = text.trim().split(/\s+/)
  return words.reduce((settings, word) => withSetting(settings, word, before), before)
}

function withSetting(settings: ModelSettings, word: string, before: ModelSettings): ModelSettings {
  const [, name = '', value = ''] = /^([^=]*)=(.*)$/.exec(word) ?? []
  const fail = (): never => {
    throw new UserError(invalidModelSetting(word, formatModelSettings(before)))
  }
  const number = (isValid: (value: number) => boolean): number | null => {
    if (value === DEFAULT) return null
    const parsed = Number(value)
    return DECIMAL.test(value) && isValid(parsed) ? parsed : fail()
  }
  const isTokens = (tokens: number): boolean => Number.isInteger(tokens) && tokens > 0
  switch (name) {
    case 'temperature':
      return { ...settings, temperature: number((one) => one >= 0 && one <= 2) }
    case 'max-tokens':
      return { ...settings, maxTokens: number(isTokens) }
    case 'window':
      return { ...settings, contextWindow: number((one) => isTokens(one) && one >= MIN_WINDOW) }
    case 'parallel':
      if (value !== 'on' && value !== 'off') return fail()
      return { ...settings, parallelCalls: value === 'on' }
    default:
      return fail()
  }
}
