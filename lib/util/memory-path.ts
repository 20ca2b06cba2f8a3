/** The label of the block that a memory tool names by a path: `/memories/human` or `human`. */
export function labelOfPath(path: string): string {
  return path.replace(/^\/+(memories\/)?/, '').replace(/^memories\//, '')
}
