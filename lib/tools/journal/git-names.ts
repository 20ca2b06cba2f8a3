/** Whether git stores files of this name, which is relative to the top directory of the repository. */
export function isStorable(name: string): boolean {
  return name !== '..' && !name.startsWith('../') && !/(^|\/)\.git(\/|$)/i.test(name)
}
