import type { BlockPlace, BlockVersion, NewestVersions } from '../../lib/session/state/memory.ts'

/** A version with the lines that it changed. */
export interface ListedVersion extends BlockVersion {
  readonly added: number
  readonly removed: number
}

/** A line of a block with the version that wrote it. */
export interface AuthoredLine {
  readonly text: string
  /** It is of another block when the user has moved or copied the line from there. */
  readonly version: BlockVersion
  /** The version by which the line came into this block. */
  readonly arrival: BlockVersion
  /** It can be older than this version. */
  readonly isOldest: boolean
}

/** What is read for the block that the memory page shows. */
export interface BlockFacts {
  readonly blockId: string
  /** The value that they are about. */
  readonly value: string
  /** Newest first. */
  readonly versions: readonly ListedVersion[]
  readonly lines: readonly AuthoredLine[]
  /** All stored versions of the block, and their characters. */
  readonly totals: { readonly versions: number; readonly characters: number }
}

export type MemoryColumn = 'blocks' | 'text' | 'history'

/** The memory page: blocks, the text of the selected one, its versions. */
export interface MemoryPage {
  /** The column that keys apply to. */
  readonly column: MemoryColumn
  /** Null until they are read. */
  readonly facts: BlockFacts | null
  /** The versions that are shown until the facts of their block are read; of the block that was selected last. */
  readonly newest: NewestVersions | null
  /** The names of the other agents that have a block, by its id. */
  readonly sharing: Readonly<Record<string, readonly string[]>>
  /** The settings that have the id of a block, by its id. */
  readonly places: Readonly<Record<string, BlockPlace>>
  readonly showsAuthors: boolean
  /** The text is shown as Markdown, without its lines. */
  readonly showsMarkdown: boolean
  /** The line that keys apply to, from 0. */
  readonly line: number
  /** Index of the selected version, and of the one that it is compared with; null for the one before it. */
  readonly version: number
  readonly marked: number | null
  /** The other end of the selected lines; null when only the current one is selected. */
  readonly markedLine: number | null
  /** What is searched for in the block; empty for nothing. */
  readonly query: string
}

export const NO_MEMORY_PAGE: MemoryPage = {
  column: 'blocks',
  facts: null,
  newest: null,
  sharing: {},
  places: {},
  showsAuthors: false,
  showsMarkdown: false,
  line: 0,
  version: 0,
  marked: null,
  markedLine: null,
  query: '',
}

/** The first and the last selected line, from 0. */
export function selectedLines({
  line,
  markedLine,
}: Pick<MemoryPage, 'line' | 'markedLine'>): readonly [number, number] {
  const other = markedLine ?? line
  return [Math.min(line, other), Math.max(line, other)]
}

export type MemoryPageEvent =
  | { readonly type: 'memoryPage.columnChosen'; readonly column: MemoryColumn }
  | { readonly type: 'memoryPage.factsRead'; readonly facts: BlockFacts }
  | { readonly type: 'memoryPage.newestRead'; readonly newest: NewestVersions | null }
  /** Older versions of the block. */
  | {
      readonly type: 'memoryPage.olderRead'
      readonly blockId: string
      readonly versions: readonly ListedVersion[]
    }
  | ({ readonly type: 'memoryPage.sharingRead' } & Pick<MemoryPage, 'sharing' | 'places'>)
  /** Null ends the selection of lines. */
  | { readonly type: 'memoryPage.linesMarked'; readonly line: number | null }
  | { readonly type: 'memoryPage.authorsToggled' }
  | { readonly type: 'memoryPage.markdownToggled' }
  | { readonly type: 'memoryPage.lineMoved'; readonly line: number }
  | { readonly type: 'memoryPage.versionMoved'; readonly version: number }
  | { readonly type: 'memoryPage.versionMarked' }
  | { readonly type: 'memoryPage.queried'; readonly query: string; readonly line: number }

export function reduceMemoryPage(page: MemoryPage, event: MemoryPageEvent): MemoryPage {
  switch (event.type) {
    case 'memoryPage.columnChosen':
      return { ...page, column: event.column, version: 0, marked: null, markedLine: null }
    case 'memoryPage.factsRead': {
      const { blockId } = event.facts
      const shown = [page.facts, page.newest].find((one) => one?.blockId === blockId)
      if (shown == null) return { ...page, facts: event.facts, version: 0, marked: null }
      // In the history, new versions do not take the place of the selected one, which the person may be about to restore.
      const follow = (index: number): number => {
        const number = shown.versions[index]?.version
        const found = event.facts.versions.findIndex(({ version }) => version === number)
        return found < 0 ? Math.max(0, Math.min(index, event.facts.versions.length - 1)) : found
      }
      return {
        ...page,
        facts: event.facts,
        version: page.column === 'history' ? follow(page.version) : 0,
        marked: page.marked === null ? null : follow(page.marked),
      }
    }
    case 'memoryPage.newestRead':
      return { ...page, newest: event.newest }
    case 'memoryPage.olderRead': {
      const { facts } = page
      if (facts === null || facts.blockId !== event.blockId) return page
      const last = facts.versions.at(-1)?.version ?? 0
      const older = event.versions.filter(({ version }) => version < last)
      return { ...page, facts: { ...facts, versions: [...facts.versions, ...older] } }
    }
    case 'memoryPage.sharingRead':
      return {
        ...page,
        sharing: { ...page.sharing, ...event.sharing },
        places: { ...page.places, ...event.places },
      }
    case 'memoryPage.linesMarked':
      return { ...page, markedLine: event.line }
    case 'memoryPage.authorsToggled':
      return { ...page, showsAuthors: !page.showsAuthors, showsMarkdown: false }
    case 'memoryPage.markdownToggled':
      return { ...page, showsMarkdown: !page.showsMarkdown }
    case 'memoryPage.lineMoved':
      return { ...page, line: event.line }
    case 'memoryPage.versionMoved':
      return { ...page, version: event.version }
    case 'memoryPage.versionMarked':
      return { ...page, marked: page.marked === page.version ? null : page.version }
    case 'memoryPage.queried':
      return { ...page, query: event.query, line: event.line, column: 'text', showsMarkdown: false }
  }
}
