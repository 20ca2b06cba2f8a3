import { resolveModel } from '../../lib/models/aliases.ts'
import {
  type Account,
  accounts,
  CLOUD,
  type Credentials,
  SELF_HOSTED,
  type SignedIn,
  signIn,
  signOut,
} from '../../lib/session/accounts.ts'
import { openSettings } from '../../lib/settings/settings.ts'
import { closestMatch, suggestionHint } from '../../lib/util/did-you-mean.ts'
import { UserError } from '../../lib/util/user-error.ts'
import type { Surroundings } from '../io/cli-environment.ts'
import { type Asker, createPrompter, Interrupted } from '../io/prompt.ts'
import { type Printer, printerTo } from '../io/stderr.ts'
import type { SubcommandCall } from './with-agent.ts'

/** `letta connect [PROVIDER]`: keeps a key or an endpoint that was tested. */
export async function connectAccount(
  around: Surroundings,
  { operands: [wanted] }: SubcommandCall,
): Promise<number> {
  const printer = printerTo(around)
  return withAsker(around, async (asker) => {
    const all = await accounts()
    const account = wanted === undefined ? await chosen(asker, all, printer) : named(all, wanted)
    const address =
      account.addressVariable === null ? null : await asker.ask(`Address of ${account.title}: `)
    const { models } = await keep(around, asker, account, address)
    printer.tell(`${account.title}: tested, and kept in your settings.`)
    for (const handle of (models ?? []).slice(0, MOST_SHOWN)) printer.print(handle)
    const more = (models?.length ?? 0) - MOST_SHOWN
    if (more > 0) printer.tell(`and ${more} more`)
    if (asker.isPerson && models !== null) await chooseModel(around, asker, models)
    return 0
  })
}

const MOST_SHOWN = 10

/** What is no model is asked for again. */
async function chooseModel(
  around: Surroundings,
  asker: Asker,
  models: readonly string[],
): Promise<void> {
  const answer = await asker.ask('Model of new agents (Enter: the best there is): ')
  if (answer === '') return
  const model = resolveModel(answer, models)
  if (typeof model !== 'string') {
    printerTo(around).tell(`There is no "${answer}". ${model.near.join(', ')}`)
    return chooseModel(around, asker, models)
  }
  const settings = openSettings({ home: around.home, directory: around.home })
  await settings.update('user', (value) => ({ ...value, model }))
}

/** `letta login`: Letta Cloud, or with `--backend ADDRESS` a server of one's own. */
export async function login(
  around: Surroundings,
  { options: { backend } }: SubcommandCall,
): Promise<number> {
  if (backend === 'embedded') {
    throw new UserError('The embedded server wants no key.', {
      hint: 'Keys of models: letta connect',
    })
  }
  return withAsker(around, async (asker) => {
    const address = backend === null || backend === 'cloud' ? null : backend
    const account = address === null ? CLOUD : SELF_HOSTED
    await keep(around, asker, account, address)
    printerTo(around).tell(`${account.title}: signed in. letta uses it from now on.`)
    return 0
  })
}

/** `letta logout`: forgets what `connect` and `login` keep. */
export async function logout(around: Surroundings): Promise<number> {
  const settings = openSettings({ home: around.home, directory: around.home })
  const lines = await signOut(settings, around.environment)
  for (const line of lines) printerTo(around).tell(line)
  return 0
}

const INTERRUPTED = 130

async function withAsker(
  around: Surroundings,
  work: (asker: Asker) => Promise<number>,
): Promise<number> {
  const asker = createPrompter(around)
  try {
    return await work(asker)
  } catch (thrown) {
    if (!(thrown instanceof Interrupted)) throw thrown
    printerTo(around).tell(thrown.message)
    return INTERRUPTED
  } finally {
    asker.close()
  }
}

async function keep(
  around: Surroundings,
  asker: Asker,
  account: Account,
  address: string | null,
): Promise<SignedIn> {
  const what = account === SELF_HOSTED ? 'Password' : 'Key'
  const optional = address === null ? '' : ' (empty if it wants none)'
  const key = await asker.ask(`${what} of ${account.title}${optional}: `, { secret: true })
  const given: Credentials = { key, address }
  const settings = openSettings({ home: around.home, directory: around.home })
  const signedIn = await signIn(settings, account, given, around.environment)
  for (const [name, value] of Object.entries(signedIn.variables)) {
    const inForce = around.environment[name]
    if (inForce !== undefined && inForce !== '' && inForce !== value) {
      printerTo(around).tell(`${name} is set in the environment too, and that one wins.`)
    }
  }
  return signedIn
}

function named(all: readonly Account[], wanted: string): Account {
  const account = all.find(({ id }) => id === wanted || id === `${wanted}_ai`)
  if (account !== undefined) return account
  const ids = all.map(({ id }) => id)
  const hint = suggestionHint(wanted, ids)
  // What resembles no name may be a key, and a key is not shown.
  const what = closestMatch(wanted, ids) === null ? 'of that name' : `called "${wanted}"`
  throw new UserError(`There is nothing ${what} to connect.`, { hint })
}

async function chosen(asker: Asker, all: readonly Account[], { tell }: Printer): Promise<Account> {
  if (!asker.isPerson) {
    throw new UserError('Which one?', {
      hint: `letta connect NAME, one of: ${all.map(({ id }) => id).join(', ')}`,
    })
  }
  for (const [index, { id, title }] of all.entries()) tell(`${index + 1}  ${title} (${id})`)
  const answer = await asker.ask('Which one? ')
  const account = all[Number(answer) - 1]
  return account ?? named(all, answer)
}
