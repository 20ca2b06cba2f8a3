import type { SubcommandInvocation } from '../../lib/cli/parse.ts'
import { resolveModel } from '../../lib/models/aliases.ts'
import {
  type Account,
  accounts,
  CLOUD,
  SELF_HOSTED,
  type SignedIn,
  signIn,
  signOut,
} from '../../lib/session/accounts.ts'
import { openSettings } from '../../lib/settings/settings.ts'
import { closestMatch, suggestionHint } from '../../lib/util/did-you-mean.ts'
import { UserError } from '../../lib/util/user-error.ts'
import type { CliEnvironment } from '../io/cli-environment.ts'
import { createPrompter, type Prompter } from '../io/prompt.ts'
import { createPrinter } from '../io/stderr.ts'
import {
  addressPrompt,
  CHOOSE_PROMPT,
  choice,
  connected,
  EMBEDDED_NEEDS_NO_LOGIN,
  EMBEDDED_NEEDS_NO_LOGIN_HINT,
  environmentWins,
  keyPrompt,
  MODEL_PROMPT,
  modelNotFound,
  moreModels,
  PROVIDER_REQUIRED,
  providerRequiredHint,
  signedIn,
  unknownProvider,
} from '../messages.ts'

const MAX_MODELS_SHOWN = 10

/** `letta connect [PROVIDER]`: verifies an API key or an endpoint, and saves it. */
export async function connectProvider(
  cli: CliEnvironment,
  { operands: [name] }: SubcommandInvocation,
): Promise<number> {
  const { print, notify } = createPrinter(cli)
  return withPrompter(cli, async (prompter) => {
    const all = await accounts()
    const account =
      name === undefined ? await chooseAccount(cli, prompter, all) : findAccount(all, name)
    const address =
      account.addressVariable === null ? null : await prompter.ask(addressPrompt(account.title))
    const { models } = await saveCredentials(cli, prompter, account, address)
    notify(connected(account.title))
    for (const handle of (models ?? []).slice(0, MAX_MODELS_SHOWN)) print(handle)
    const more = (models?.length ?? 0) - MAX_MODELS_SHOWN
    if (more > 0) notify(moreModels(more))
    if (prompter.isInteractive && models !== null) await chooseModel(cli, prompter, models)
    return 0
  })
}

/** `letta login`: signs in to Letta Cloud, or with `--backend URL` to another Letta server. */
export async function login(
  cli: CliEnvironment,
  { options: { backend } }: SubcommandInvocation,
): Promise<number> {
  if (backend === 'embedded') {
    throw new UserError(EMBEDDED_NEEDS_NO_LOGIN, { hint: EMBEDDED_NEEDS_NO_LOGIN_HINT })
  }
  return withPrompter(cli, async (prompter) => {
    const address = backend === null || backend === 'cloud' ? null : backend
    const account = address === null ? CLOUD : SELF_HOSTED
    await saveCredentials(cli, prompter, account, address)
    createPrinter(cli).notify(signedIn(account.title))
    return 0
  })
}

/** `letta logout`: deletes what `connect` and `login` have saved. */
export async function logout(cli: CliEnvironment): Promise<number> {
  const { notify } = createPrinter(cli)
  for (const message of await signOut(userSettings(cli), cli.env)) notify(message)
  return 0
}

async function withPrompter(
  cli: CliEnvironment,
  work: (prompter: Prompter) => Promise<number>,
): Promise<number> {
  const prompter = createPrompter(cli)
  try {
    return await work(prompter)
  } finally {
    prompter.close()
  }
}

async function saveCredentials(
  cli: CliEnvironment,
  prompter: Prompter,
  account: Account,
  address: string | null,
): Promise<SignedIn> {
  const question = keyPrompt(account.title, account === SELF_HOSTED, address !== null)
  const key = await prompter.ask(question, { secret: true })
  const result = await signIn(userSettings(cli), account, { key, address }, cli.env)
  const { notify } = createPrinter(cli)
  for (const [name, value] of Object.entries(result.variables)) {
    const current = cli.env[name]
    if (current !== undefined && current !== '' && current !== value) notify(environmentWins(name))
  }
  return result
}

/** Asks again until the answer names a model, or is empty. */
async function chooseModel(
  cli: CliEnvironment,
  prompter: Prompter,
  models: readonly string[],
): Promise<void> {
  const answer = await prompter.ask(MODEL_PROMPT)
  if (answer === '') return
  const model = resolveModel(answer, models)
  if (typeof model !== 'string') {
    createPrinter(cli).notify(modelNotFound(answer, model.near))
    return chooseModel(cli, prompter, models)
  }
  await userSettings(cli).update('user', (value) => ({ ...value, model }))
}

async function chooseAccount(
  cli: CliEnvironment,
  prompter: Prompter,
  all: readonly Account[],
): Promise<Account> {
  if (!prompter.isInteractive) {
    const hint = providerRequiredHint(all.map(({ id }) => id))
    throw new UserError(PROVIDER_REQUIRED, { hint })
  }
  const { notify } = createPrinter(cli)
  for (const [index, { id, title }] of all.entries()) notify(choice(index + 1, title, id))
  const answer = await prompter.ask(CHOOSE_PROMPT)
  return all[Number(answer) - 1] ?? findAccount(all, answer)
}

function findAccount(all: readonly Account[], name: string): Account {
  const account = all.find(({ id }) => id === name || id === `${name}_ai`)
  if (account !== undefined) return account
  const ids = all.map(({ id }) => id)
  // A word that resembles no id may be a key, which must not be shown.
  const shown = closestMatch(name, ids) === null ? null : name
  throw new UserError(unknownProvider(shown), { hint: suggestionHint(name, ids) })
}

function userSettings({ home }: CliEnvironment) {
  return openSettings({ home, directory: home })
}
