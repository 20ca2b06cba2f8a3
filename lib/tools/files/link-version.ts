const PREFIX = 'link:'

/** The version of a symbolic link, from the version of the path that it contains. */
export function linkVersion(version: string): string {
  return PREFIX + version
}

/** Whether a version is that of a symbolic link. */
export function isLinkVersion(version: string): boolean {
  return version.startsWith(PREFIX)
}

/** The version of the content: of a link, the path that it contains. */
export function contentVersion(version: string): string {
  return isLinkVersion(version) ? version.slice(PREFIX.length) : version
}
