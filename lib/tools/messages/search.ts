/** Search. */

// Verbatim: Letta Code
export const NO_FILES_FOUND = 'No files found'

// Verbatim: Letta Code
export const NO_MATCHES_FOUND = 'No matches found'

export const SEARCH_STOPPED =
  '[The search was stopped before its end, after 30 seconds or 4 MB of output, so there may be matches: narrow it by path or glob.]'

export const tooLargeForMultiline = (path: string): string =>
  `${path} is above 256 MB, too large for a search across lines: leave out multiline.`

const restricted = (restriction: string): string =>
  restriction === '' ? '' : ` that match ${restriction}`

export const noFileMatches = (path: string, restriction: string): string =>
  `[Nothing was searched: no file in ${path} matches ${restriction}.]`

export const noFilesIn = (path: string): string => `[Nothing was searched: ${path} has no files.]`

export const onlyIgnoredFiles = (path: string, restriction: string): string =>
  `[Nothing was searched: ignore files exclude all files in ${path}${restricted(restriction)}. Name an excluded directory as path to search it.]`

export const TOO_MANY_ALTERNATIVES =
  'The pattern has too many alternatives; use several simpler ones.'

export const PARENT_IN_PATTERN = '".." is only allowed at the start of a pattern'

export const filesTruncated = (shown: number, total: string): string =>
  `[Showing ${shown} of ${total} files; narrow the pattern.]`

export const linesTruncated = (shown: number, total: string): string =>
  `[Showing ${shown} of ${total} lines; narrow the search to see others.]`

export const entriesTruncated = (shown: number, total: number): string =>
  `\n[Showing ${shown} of ${total} entries.]`

export const someFilesUnreadable = (first: string): string =>
  `[Some files could not be read: ${first}]`

export const NUL_IN_SEARCH = 'The search contains a NUL byte, which no line of text does.'

export const ripgrepFailed = (reason: string): string => `ripgrep failed: ${reason}`

export const ripgrepMissing = (reason: string): string =>
  `ripgrep is not installed for this machine: ${reason}`

export const RIPGREP_MISSING_HINT =
  'Install again with optional dependencies: npm install --include=optional'
