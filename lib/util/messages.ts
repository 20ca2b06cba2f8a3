/** Why a file is not used, and what is wrong with its front matter. The caller puts the path in front. */

export const READING_DENIED = 'a rule denies reading it'

export const FRONT_MATTER_NOT_YAML = 'front matter must be YAML'

export const FRONT_MATTER_FENCE = `${FRONT_MATTER_NOT_YAML}: begin with a line "---"`

export const FRONT_MATTER_OPEN = 'the front matter is not closed with a line "---"'

export const frontMatterTooLarge = (limit: string): string =>
  `the front matter is larger than ${limit}`

export const frontMatterInvalid = (problem: string, line: string | null): string =>
  `front matter${line === null ? '' : `, line ${line}`}: ${problem}`
