import { EXIT_CODES } from '../../lib/cli/exit-codes.ts'
import type { SubcommandInvocation } from '../../lib/cli/parse.ts'
import { resolveModel } from '../../lib/models/aliases.ts'
import {
  type Account,
  accounts,
  assertNoServerVariables,
  CLOUD,
  type CredentialStore,
  ENDPOINT,
  SELF_HOSTED,
  type SignedIn,
  signIn,
  signInWithTokens,
  signOut,
} from '../../lib/session/accounts.ts'
import { openBrowser } from '../../lib/session/open-browser.ts'
import { openSettings } from '../../lib/settings/settings.ts'
import { isMeantAsAddress } from '../../lib/util/address.ts'
import { closestMatch, suggestionHint } from '../../lib/util/did-you-mean.ts'
import { toTerminalRow } from '../../lib/util/sanitize.ts'
import { UserError } from '../../lib/util/user-error.ts'
import { cancelOnSignals } from '../io/cancel-on-signals.ts'
import type { CliEnvironment } from '../io/cli-environment.ts'
import { createPrinter, notifyWarning } from '../io/printer.ts'
import { createPrompter, type Prompter } from '../io/prompt.ts'
import {
  accountVerified,
  addressPrompt,
  BROWSER_OPENED,
  CHOOSE_PROMPT,
  choice,
  confirmCode,
  EMBEDDED_NEEDS_NO_LOGIN,
  EMBEDDED_NEEDS_NO_LOGIN_HINT,
  environmentWins,
  keyPrompt,
  MODEL_PROMPT,
  modelNameNotFound,
  moreModels,
  OPEN_BY_HAND,
  PROVIDER_REQUIRED,
  providerNotFound,
  providerRequiredHint,
  signedIn,
} from '../messages.ts'
import { savedAccounts } from '../server-environment.ts'
import { notifyEnvironment } from './accounts.ts'

const MAX_MODELS_SHOWN = 10

/** `letta connect [PROVIDER|ADDRESS]`: verifies an API key or an endpoint, and saves it. */
export async function connectProvider(
  cli: CliEnvironment,
  { operands: [name] }: SubcommandInvocation,
): Promise<number> {
  const { print, notify } = createPrinter(cli)
  return withPrompter(cli, async (prompter) => {
    const given = name !== undefined && isMeantAsAddress(name) ? name : null
    const account = given === null ? await accountOf(cli, prompter, name) : ENDPOINT
    const isAsked = given === null && account.addressVariable !== null
    const address = isAsked ? await prompter.ask(addressPrompt(account.title)) : given
    const { models, withoutKeychain } = await saveCredentials(cli, prompter, account, address)
    notify(accountVerified(account.title))
    notifyWarning(withoutKeychain, { notify })
    for (const handle of (models ?? []).slice(0, MAX_MODELS_SHOWN)) print(handle)
    const more = (models?.length ?? 0) - MAX_MODELS_SHOWN
    if (more > 0) notify(moreModels(more))
    if (prompter.isInteractive && models !== null) await chooseModel(cli, prompter, models)
    return 0
  })
}

/**
 * `letta login`: signs in to Letta Cloud by a code that is confirmed in a browser, or with `--backend URL` to another Letta
 * server. `--with-key`, and a key on standard input, sign in with an API key.
 */
export async function login(
  cli: CliEnvironment,
  { options: { backend, account: name }, flags }: SubcommandInvocation,
): Promise<number> {
  if (backend === 'embedded') {
    throw new UserError(EMBEDDED_NEEDS_NO_LOGIN, { hint: EMBEDDED_NEEDS_NO_LOGIN_HINT })
  }
  const address = backend === null || backend === 'cloud' ? null : backend
  const account = address === null ? CLOUD : SELF_HOSTED
  const isTerminal = cli.stdin.isTTY === true && cli.stderr.isTTY === true
  if (address === null && isTerminal && !flags.has('with-key')) return signInByCode(cli, name)
  return withPrompter(cli, async (prompter) => {
    const { notify } = createPrinter(cli)
    const result = await saveCredentials(cli, prompter, account, address, name)
    notify(signedIn(account.title, result.backend?.name ?? ''))
    notifyWarning(result.withoutKeychain, { notify })
    return 0
  })
}

async function signInByCode(cli: CliEnvironment, name: string | null): Promise<number> {
  const { notify } = createPrinter(cli)
  const store = credentials(cli)
  assertNoServerVariables(store, cli.env)
  const { abort, exitCode, stop } = cancelOnSignals()
  try {
    const client = await store.saved.deviceSignIn()
    const code = await client.requestCode(abort)
    notify(confirmCode(code.userCode, toTerminalRow(code.url)))
    notify(openBrowser(code.url, cli.env) ? BROWSER_OPENED : OPEN_BY_HAND)
    const tokens = await client.waitForTokens(code, abort)
    const { backend, withoutKeychain } = await signInWithTokens(store, tokens, cli.env, name)
    notify(signedIn(CLOUD.title, backend?.name ?? ''))
    notifyWarning(withoutKeychain, { notify })
    return 0
  } catch (thrown) {
    if (!abort.aborted || !(thrown instanceof UserError)) throw thrown
    notify(thrown.message)
    return exitCode(EXIT_CODES.interrupted)
  } finally {
    stop()
  }
}

/** `letta logout`: deletes what `connect` and `login` have saved. */
export async function logout(cli: CliEnvironment): Promise<number> {
  const { notify } = createPrinter(cli)
  for (const message of await signOut(credentials(cli), cli.env)) notify(message)
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
  name: string | null = null,
): Promise<SignedIn> {
  const question = keyPrompt(account.title, account === SELF_HOSTED, address !== null)
  const key = await prompter.ask(question, { secret: true })
  const result = await signIn(credentials(cli), account, { key, address }, cli.env, name)
  const { notify } = createPrinter(cli)
  if (result.backend !== null) notifyEnvironment(cli)
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
    createPrinter(cli).notify(modelNameNotFound(answer, model.near))
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

async function accountOf(
  cli: CliEnvironment,
  prompter: Prompter,
  name: string | undefined,
): Promise<Account> {
  const all = await accounts()
  return name === undefined ? chooseAccount(cli, prompter, all) : findAccount(all, name)
}

function findAccount(all: readonly Account[], name: string): Account {
  const account = all.find(({ id }) => id === name || id === `${name}_ai`)
  if (account !== undefined) return account
  const ids = all.map(({ id }) => id)
  // A word that resembles no id may be a key, which must not be shown.
  const shown = closestMatch(name, ids) === null ? null : name
  throw new UserError(providerNotFound(shown), { hint: suggestionHint(name, ids) })
}

function credentials(cli: CliEnvironment): CredentialStore {
  const settings = userSettings(cli)
  return { settings, saved: savedAccounts(cli, settings) }
}

function userSettings({ home, lettaDirectory }: CliEnvironment) {
  return openSettings({ home, lettaDirectory, directory: home })
}
