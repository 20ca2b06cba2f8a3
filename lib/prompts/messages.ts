/** What the user reads about files of prompts. */

export const promptProblem = (file: string, reason: string): string => `${file}: ${reason}`

export const reservedName = (name: string): string =>
  `"/${name}" is a built-in command; rename the file`

export const EMPTY_FILE = 'the file is empty'
