import type { Frame, Part } from '../view/types.ts'
import { createHost, type Host, type ToolkitName } from './blessed-host.ts'

/** Keeps the toolkit's boxes as the frame's parts are, from when the toolkit is loaded. */
interface Arrangement {
  /** Loads the toolkit now, not at the first need. */
  open(): void
  follow(frame: Frame): void
  focus(id: string): void
  partAt(x: number, y: number): string | null
  close(): void
}

export function syncToolkitBoxes(toolkit: ToolkitName): Arrangement {
  let host: Host | null = null
  let frame: Frame | null = null
  let focused: string | null = null

  const arrange = (): void => {
    if (frame !== null) host?.arrange(frame.size, frame.parts)
    if (focused !== null) host?.focus(focused)
  }

  const open = (): Host => {
    if (host !== null) return host
    host = createHost(toolkit)
    arrange()
    return host
  }

  return {
    open,
    follow(next) {
      const isSame = frame !== null && isSameArrangement(next, frame)
      frame = next
      if (!isSame) arrange()
    },
    focus(id) {
      focused = id
      host?.focus(id)
    },
    partAt: (x, y) => open().partAt(x, y),
    close: () => host?.close(),
  }
}

function isSameArrangement(next: Frame, before: Frame): boolean {
  return (
    next.size.columns === before.size.columns &&
    next.size.rows === before.size.rows &&
    next.parts.length === before.parts.length &&
    next.parts.every((part, index) => isSamePlace(part, before.parts[index]))
  )
}

function isSamePlace({ id, rect }: Part, other: Part | undefined): boolean {
  return (
    other?.id === id &&
    other.rect.x === rect.x &&
    other.rect.y === rect.y &&
    other.rect.columns === rect.columns &&
    other.rect.rows === rect.rows
  )
}
