/** Models, and what is set for them. */

export function modelSettingsSet(settings: string): string {
  return `Model settings: ${settings}.`
}

export function invalidModelSetting(text: string, example: string): string {
  return `${text} is not a valid setting (temperature: 0 to 2; max-tokens: above 0; window: at least 1000; parallel: on or off). Write settings like this: ${example}`
}

export function alreadyUsesModel(agent: string, model: string): string {
  return `${agent} already uses ${model}.`
}

export function switchedModel(agent: string, model: string): string {
  return `Switched ${agent} to ${model} (memory unchanged).`
}

export function unknownEffort(level: string, known: readonly string[]): string {
  return `Unknown effort "${level}". Available: ${known.join(', ')}.`
}

export function effortSet(model: string, effort: string | null): string {
  return effort === null
    ? `${model} reasons as its provider decides.`
    : `${model} reasons with effort ${effort}.`
}

export function alreadyHasEffort(model: string, effort: string | null): string {
  return effort === null
    ? `${model} already reasons as its provider decides.`
    : `${model} already reasons with effort ${effort}.`
}

/** Null: the provider decides. */
export function effortSaved(model: string, effort: string | null): string {
  return effort === null
    ? `${model}: the provider decides how long it reasons, also in new agents.`
    : `${model}: effort ${effort} from now on, also in new agents.`
}

export const LOOKING_FOR_MODEL = 'Looking for a model on this machine…'

export const NO_MODEL_FOUND = 'No model server found on this machine.'

export const effortHelp: Readonly<Record<string, string>> = {
  default: 'as the provider decides',
  none: 'no reasoning, where the model can do without',
  low: 'short reasoning: fast and cheap',
  medium: 'for most work',
  high: 'long reasoning: slow, and more tokens',
}

export const saveEffortItem = (model: string, effort: string) => ({
  title: 'save',
  detail: `${effort} for ${model} from now on, also in other agents`,
})

export const modelTexts = {
  window: (tokens: string) => `${tokens} tokens`,
  price: ({ input, output }: { readonly input: number; readonly output: number }) =>
    `$${input} in, $${output} out`,
  unknownPrice: 'price unknown',
  textOnly: 'text only',
  reasons: 'reasons',
  local: 'local',
  recent: 'recent',
  favorite: '★',
  tools: 'tools',
  noTools: 'no tools',
} as const

export const MODEL_SETTINGS = {
  title: 'Model settings',
  explanation:
    'Of this agent. "default" leaves a value to the provider. Tokens: window and max-tokens.',
} as const
