import type { Choice } from '../../lib/commands/command.ts'
import type { SessionEvent } from '../../lib/session/events.ts'
import type { Store } from '../../lib/store.ts'
import type { FileIndex } from '../../lib/tools/search/file-index.ts'
import type { ListedCommand } from '../commands/workbench-command.ts'
import { findTrigger, initialSelection, isSameTrigger } from '../state/completion.ts'
import type { WorkbenchEvent } from '../state/events.ts'
import { recentPaths } from '../state/recent-paths.ts'
import type { CompletionItem, CompletionTrigger, RootState } from '../state/state.ts'

interface CompletionPorts {
  readonly root: Store<RootState, SessionEvent | WorkbenchEvent>
  commands(): readonly ListedCommand[]
  /** Choices for the argument of a slash command; none when it is free text. */
  choices(slash: string): Promise<readonly Choice[]>
  /** Files and directories of the project, the best first, and again when more are known; a directory ends with `/`. */
  findFiles(query: string, options: FileSearchOptions): AsyncIterable<readonly string[]>
  /** Reads the prompt files again, which may have changed. */
  refreshPrompts(): Promise<void>
}

/** Suggests commands, arguments and files while they are typed. The next key aborts a search that is still running. */
export function startCompletion(ports: CompletionPorts): void {
  const { root } = ports
  let search: AbortController | null = null
  let searched: CompletionTrigger | null = null
  const suggest = (trigger: CompletionTrigger, items: readonly CompletionItem[]): void =>
    root.dispatch({
      type: 'completion.found',
      completion: { trigger, items, selected: initialSelection(trigger) },
    })
  const suggestCommands = (trigger: CompletionTrigger): void => {
    const items = commandItems(ports.commands())
    suggest(trigger, items)
    void ports.refreshPrompts().then(() => {
      const fresh = commandItems(ports.commands())
      if (fresh.length !== items.length) suggest(trigger, fresh)
    })
  }
  const suggestFiles = async (trigger: CompletionTrigger): Promise<void> => {
    search?.abort()
    search = new AbortController()
    const { signal } = search
    const recent = recentPaths(root.state.session)
    for await (const paths of ports.findFiles(trigger.query, { recent, signal })) {
      if (signal.aborted) return
      suggest(
        trigger,
        paths.map((path) => ({ insert: path, title: path, detail: '' })),
      )
    }
  }
  const suggestChoices = async (
    trigger: Extract<CompletionTrigger, { type: 'argument' }>,
  ): Promise<void> => {
    const choices = await ports.choices(trigger.command)
    if (choices.length > 0) suggest(trigger, choices.map(choiceItem))
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
    const isSuggested = workbench.completion !== null
    if (trigger.type === 'command' && !isSuggested) suggestCommands(trigger)
    if (trigger.type === 'argument' && !isSuggested && !wasAsked) void suggestChoices(trigger)
    if (trigger.type === 'file' && isNew) void suggestFiles(trigger)
  })
}

interface FileSearchOptions {
  /** Paths that the person or the agent has used, the newest first. */
  readonly recent: readonly string[]
  readonly signal: AbortSignal
}

/** Searches the files of a project. The modules of the search are loaded at its first use. */
export function createFileSearch(
  directory: string,
  now: () => number,
): CompletionPorts['findFiles'] {
  let index: FileIndex | null = null
  return async function* findFiles(query, { recent, signal }) {
    // Only files of the project are suggested: a search never leaves it.
    if (/^[/~]|(^|\/)\.\.(\/|$)/.test(query)) return
    const { searchFiles } = await import('../../lib/tools/search/list-files.ts')
    const listed = async (): Promise<readonly string[]> => {
      const found = await searchFiles(directory, query, signal)
      return found.map(({ path, type }) => (type === 'dir' ? `${path}/` : path))
    }
    if (query === '') yield [...new Set([...recent, ...(await listed())])]
    else if (query.endsWith('/')) yield await listed()
    else {
      const { createFileIndex } = await import('../../lib/tools/search/file-index.ts')
      index ??= createFileIndex(directory, now)
      let count = 0
      for await (const paths of index.search(query, { recent, signal })) {
        count = paths.length
        yield paths
      }
      // What the project ignores can still be named.
      if (count === 0 && !signal.aborted) yield await listed()
    }
  }
}

function choiceItem({ id, title, detail, current }: Choice): CompletionItem {
  const details = [current ? 'now' : '', detail].filter(Boolean)
  return { insert: id, title, detail: details.join(' · ') }
}

function commandItems(commands: readonly ListedCommand[]): readonly CompletionItem[] {
  return commands.flatMap((command) => {
    const { slash, argument, title, source } = command
    if (slash === null) return []
    const suffix =
      argument === null ? '' : argument.required ? ` <${argument.name}>` : ` [${argument.name}]`
    const reason = command.unavailable()
    const detail = reason ?? (source === null ? title : `${title} (${source})`)
    const unavailable = reason === null ? {} : { isUnavailable: true as const }
    return [{ insert: slash, title: `/${slash}${suffix}`, detail, ...unavailable }]
  })
}
