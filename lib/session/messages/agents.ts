import { spellOut } from '../../util/invisible-characters.ts'
import { commandReference } from '../../util/references.ts'
import type { MessageWithHint } from '../../util/user-error.ts'

/** The agent, its model and its local tools. */

export const NO_AGENT_OPEN: MessageWithHint = {
  message: 'No agent is open.',
  hint: `Wait until it is open, or create one: ${commandReference('agent.new')}`,
}

export const NOT_CONNECTED = 'Not connected yet.'

export const AGENT_GONE = 'The agent no longer exists on the server.'

export function agentCreated(name: string): string {
  return `Created agent ${spellOut(name)}.`
}

/** Without a person, where a file of the directory names an agent of another one. */
export const agentUnknownHere = (id: string): MessageWithHint => ({
  message: `.letta/settings.local.json names the agent ${spellOut(id)}, with which letta has not been used in this directory.`,
  hint: `If it is the agent that you mean: letta --agent ${spellOut(id)}`,
})

/** A new agent has become that of the directory. `name`, `id`: of the one before. */
export function agentReplaced(name: string, id: string): MessageWithHint {
  return {
    message: `The new agent is now the agent of this directory, in place of "${spellOut(name)}".`,
    hint: `Return to that one: letta --agent ${spellOut(id)}`,
  }
}

export function nameIgnored(name: string): MessageWithHint {
  return {
    message: `--name only applies to new agents (this agent is "${spellOut(name)}").`,
    hint: `Rename it: ${commandReference('agent.rename')}. --new creates an agent with that name.`,
  }
}

export function effortNotTaken(effort: string | null): MessageWithHint {
  return {
    message: `The server does not report the effort ${spellOut(effort ?? 'default')} for this model.`,
    hint: 'The agent is unchanged, or its server does not show the effort of its models.',
  }
}

export function modelChanged(from: string, to: string): string {
  return `The agent's model was changed from ${spellOut(from)} to ${spellOut(to)}.`
}

export function blocksRecreated(labels: readonly string[]): string {
  return `Memory blocks no longer exist on the server and were recreated, empty: ${labels.map(spellOut).join(', ')}.`
}

export function defaultModelUnavailable(model: string): MessageWithHint {
  return {
    message: `Default model ${spellOut(model)} is unavailable.`,
    hint: `Choose another: ${commandReference('model.choose')}`,
  }
}

/** Of the open agent. */
export function modelUnavailable(model: string): MessageWithHint {
  return {
    message: `The agent's model ${spellOut(model)} is not available: its provider is not connected, or does not have it.`,
    hint: `Connect the provider: ${commandReference('account.choose')}. Or choose another model: ${commandReference('model.choose')}`,
  }
}

/** `near`: similar names; when empty, the hint lists some of `all`. */
export function modelNotFound(
  name: string,
  near: readonly string[],
  all: readonly string[],
): MessageWithHint {
  const some = all.slice(0, 5)
  const more = all.length > some.length ? ` and ${all.length - some.length} more` : ''
  return {
    message: `Model "${spellOut(name)}" not found.`,
    hint:
      near.length > 0
        ? `Did you mean ${near.map(spellOut).join(', ')}?`
        : `Available: ${some.map(spellOut).join(', ')}${more}`,
  }
}

export function modelReadsNoImages(model: string): string {
  return `${spellOut(model)} does not read images`
}

export const NO_MODEL = 'No model configured.'

/** Why a command cannot run before the first model. */
export const NO_MODEL_CONNECTED = `Connect a model first: ${commandReference('account.choose')}`

export const DEMO_HINT = 'Or try `letta --demo` (uses a temporary copy).'

export function toolsAttached(names: readonly string[]): string {
  return `Attached: ${names.map(spellOut).join(', ')}.`
}

export function toolsDetached(names: readonly string[]): string {
  return `Detached: ${names.map(spellOut).join(', ')}.`
}

export const ALREADY_ATTACHED = 'The local tools are already attached.'
export const ALREADY_DETACHED = 'The local tools are already detached.'

export const REATTACH_HINT = `Reattach with ${commandReference('tools.link')}.`

export function costLimitReached(dollars: number): MessageWithHint {
  return {
    message: `Stopped: the limit of $${dollars} is reached, by the list prices.`,
    hint: 'Raise --max-cost to continue.',
  }
}

/** Its cost cannot be limited. */
export function priceUnknown(model: string): MessageWithHint {
  return {
    message: `The price of ${spellOut(model)} is unknown, so --max-cost cannot be checked.`,
    hint: 'Choose a model with a known price, or leave out --max-cost.',
  }
}
