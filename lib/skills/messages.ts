/** What the user reads about skills that cannot be used. The caller puts the path before the text. */

// Verbatim: Letta Code
export const NO_DESCRIPTION = 'No description available'

export const SYMLINK_NOT_FOLLOWED = 'a symbolic link is not followed'

export const duplicateId = (id: string, path: string): string =>
  `duplicate id "${id}" (already used by ${path})`

export const tooManySkills = (limit: number): string => `only the first ${limit} skills are loaded`
