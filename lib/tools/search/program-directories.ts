/** Written by programs, with more files than those of a person. */
export const PROGRAM_DIRECTORIES: ReadonlySet<string> = new Set([
  ...['.cache', '.git', '.hg', '.svn', '.jj', '.venv', 'venv', '__pycache__', 'node_modules'],
  ...['.tox', '.nox', '.mypy_cache', '.pytest_cache', '.ruff_cache', '.gradle', '.terraform'],
  ...['.next', '.nuxt', '.svelte-kit', '.parcel-cache', '.turbo', '.yarn', '.pnpm-store'],
])
