import type { Row } from './render/row.ts'

export interface Size {
  readonly columns: number
  readonly rows: number
}

/** In cells, from the screen's top left. */
export interface Rect {
  readonly x: number
  readonly y: number
  readonly columns: number
  readonly rows: number
}

/** A rectangle of rows. Later parts of a frame lie over earlier ones. */
export interface Part {
  /** The pane (or overlay) it belongs to; a mouse event names it. */
  readonly id: string
  readonly rect: Rect
  readonly rows: readonly Row[]
}

/** All that is on the screen. */
export interface Frame {
  readonly size: Size
  readonly parts: readonly Part[]
  /** Where the terminal's own cursor stands (IME follows it); null hides it. */
  readonly caret: { readonly x: number; readonly y: number } | null
  /** Window title; made by us, cleaned by the terminal. */
  readonly title: string
}

export interface Key {
  /** `a`, `A`, `enter`, `escape`, `tab`, `backspace`, `delete`, `up`, `pageup`, `home`, `f1` …; text is its own name. */
  readonly name: string
  readonly ctrl: boolean
  readonly alt: boolean
  readonly shift: boolean
}

/** What a person did, decoded. `text` is one or more whole grapheme clusters without modifiers. */
export type Input =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'key'; readonly key: Key }
  | { readonly type: 'paste'; readonly text: string }
  | {
      readonly type: 'mouse'
      readonly action: 'press' | 'release' | 'drag' | 'wheelUp' | 'wheelDown'
      readonly button: 'left' | 'middle' | 'right' | null
      readonly x: number
      readonly y: number
      /** Topmost part under it. */
      readonly part: string | null
    }
  | { readonly type: 'focus'; readonly focused: boolean }
  | { readonly type: 'resize'; readonly size: Size }
