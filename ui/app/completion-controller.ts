import type { Choice } from '../../lib/commands/command.ts'
import type { SessionEvent } from '../../lib/session/events.ts'
import type { Store } from '../../lib/store.ts'
import type { ListedCommand } from '../commands/workbench-command.ts'
import { findTrigger, initialSelection, isSameTrigger } from '../state/completion.ts'
import type { WorkbenchEvent } from '../state/events.ts'
import type { CompletionItem, CompletionTrigger, RootState } from '../state/state.ts'

interface CompletionPorts {
  readonly root: Store<RootState, SessionEvent | WorkbenchEvent>
  commands(): readonly ListedCommand[]
  /** Choices for the argument of a slash command; none when it is free text. */
  choices(slash: string): Promise<readonly Choice[]>
  /** Files and directories of the project; a directory ends with `/`. */
  findFiles(query: string, signal: AbortSignal): Promise<readonly string[]>
  /** Reads the prompt files again, which may have changed. */
  refreshPrompts(): Promise<void>
}

/** Suggests commands, arguments and files while they are typed. The next key aborts a search that is still running. */
export function startCompletion(ports: CompletionPorts): void {
  const { root } = ports
  let search: AbortController | null = null
  let searched: CompletionTrigger | null = null
  const offer = (trigger: CompletionTrigger, items: readonly CompletionItem[]): void =>
    root.dispatch({
      type: 'completion.found',
      completion: { trigger, items, selected: initialSelection(trigger) },
    })
  const offerCommands = (trigger: CompletionTrigger): void => {
    const items = commandItems(ports.commands())
    offer(trigger, items)
    void ports.refreshPrompts().then(() => {
      const fresh = commandItems(ports.commands())
      if (fresh.length !== items.length) offer(trigger, fresh)
    })
  }
  const offerFiles = async (trigger: CompletionTrigger): Promise<void> => {
    search?.abort()
    search = new AbortController()
    const { signal } = search
    const paths = await ports.findFiles(trigger.query, signal)
    if (signal.aborted) return
    const items = paths.map((path) => ({ insert: path, title: path, detail: '' }))
    offer(trigger, items)
  }
  const offerChoices = async (
    trigger: Extract<CompletionTrigger, { type: 'argument' }>,
  ): Promise<void> => {
    const choices = await ports.choices(trigger.command)
    if (choices.length > 0) offer(trigger, choices.map(choiceItem))
  }
  root.subscribe(({ workbench }, { type }) => {
    if (type !== 'text.edited' || workbench.focus !== 'composer' || workbench.overlay !== null) {
      return
    }
    const trigger = findTrigger(workbench.composer)
    if (trigger?.type !== 'file') search?.abort()
    const isNew = trigger?.query !== searched?.query || trigger?.from !== searched?.from
    const wasAsked = trigger !== null && isSameTrigger(searched, trigger)
    searched = trigger
    if (trigger === null || isSameTrigger(workbench.dismissedTrigger, trigger)) return
    const isOffered = workbench.completion !== null
    if (trigger.type === 'command' && !isOffered) offerCommands(trigger)
    if (trigger.type === 'argument' && !isOffered && !wasAsked) void offerChoices(trigger)
    if (trigger.type === 'file' && isNew) void offerFiles(trigger)
  })
}

/** The module of the search is loaded at its first use. */
export async function findFiles(
  directory: string,
  query: string,
  signal: AbortSignal,
): Promise<readonly string[]> {
  // Only files of the project are suggested: a search never leaves it.
  if (/^[/~]|(^|\/)\.\.(\/|$)/.test(query)) return []
  const { searchFiles } = await import('../../lib/tools/search/list-files.ts')
  const found = await searchFiles(directory, query, signal)
  return found.map(({ path, type }) => (type === 'dir' ? `${path}/` : path))
}

function choiceItem({ id, title, detail, current }: Choice): CompletionItem {
  const details = [current ? 'now' : '', detail].filter(Boolean)
  return { insert: id, title, detail: details.join(' · ') }
}

function commandItems(commands: readonly ListedCommand[]): readonly CompletionItem[] {
  return commands.flatMap((command) => {
    const { slash, argument, title, source } = command
    if (slash === null) return []
    const wants =
      argument === null ? '' : argument.required ? ` <${argument.name}>` : ` [${argument.name}]`
    const reason = command.unavailable()
    const detail = reason ?? (source === null ? title : `${title} (${source})`)
    const unavailable = reason === null ? {} : { isUnavailable: true as const }
    return [{ insert: slash, title: `/${slash}${wants}`, detail, ...unavailable }]
  })
}
