/** The change of a file that the user was shown for a call. */
export interface ShownChange {
  readonly path: string
  readonly version: string
  /** Identifies the lines that would be removed and added. */
  readonly change: string
  /** The version that the change would make. */
  readonly outcome: string
}

/** The versions of files that the agent has read and the user was shown: unseen content is never changed. Paths are real paths. */
export interface FileVersions {
  /** The agent has read this version. */
  noteRead(path: string, version: string): void
  /** A tool wrote this version, so the agent knows it. */
  noteWritten(path: string, version: string): void
  lastKnown(path: string): string | undefined
  wasWrittenByTool(path: string, version: string): boolean
  noteShown(callId: string, shown: ShownChange): void
  shown(callId: string): ShownChange | undefined
  /** Runs the tasks for one path in sequence. */
  withLock<Value>(path: string, task: () => Promise<Value>): Promise<Value>
}

export function createFileVersions(): FileVersions {
  const known = new Map<string, string>()
  const written = new Map<string, string>()
  const shown = new Map<string, ShownChange>()
  const lines = new Map<string, Promise<unknown>>()
  return {
    noteRead: (path, version) => void known.set(path, version),
    noteWritten(path, version) {
      known.set(path, version)
      written.set(path, version)
    },
    lastKnown: (path) => known.get(path),
    wasWrittenByTool: (path, version) => written.get(path) === version,
    noteShown: (callId, what) => void shown.set(callId, what),
    shown: (callId) => shown.get(callId),
    withLock(path, task) {
      const before = lines.get(path) ?? Promise.resolve()
      const mine = before.then(task, task)
      lines.set(path, mine)
      const leave = (): void => {
        if (lines.get(path) === mine) lines.delete(path)
      }
      mine.then(leave, leave)
      return mine
    },
  }
}
