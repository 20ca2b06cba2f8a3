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

/** The position of the terminal's cursor, which input methods (IME) follow. */
export interface CaretPosition {
  readonly x: number
  readonly y: number
}

/** The content of an element within its rectangle. */
export interface ElementContent {
  /** At most the rows of the rectangle; each fits its columns. */
  readonly rows: readonly Row[]
  /** In cells of the element; shown while the element has the focus. */
  readonly caret?: CaretPosition
}

/** Content and its place, which depends on the content. */
export interface PlacedContent {
  readonly rect: Rect
  render(size: Size): ElementContent
}

/** An element of the screen. Later elements of a frame cover earlier ones. */
export interface FrameElement extends PlacedContent {
  /** The pane (or overlay) it belongs to; a mouse event names it. */
  readonly id: string
  /** Panes receive keys and clicks, popups cover panes, a dialog has the focus while it is open, separators receive no input. */
  readonly type: 'pane' | 'separator' | 'popup' | 'dialog'
}

/** The contents of the screen. */
export interface Frame {
  readonly size: Size
  readonly elements: readonly FrameElement[]
  /** The element that receives the keys, even when the screen has no room for it. */
  readonly focus: string
  /** The window title; sanitized where it is written. */
  readonly title: string
}

export interface Key {
  /** `a`, `A`, `enter`, `escape`, `tab`, `backspace`, `delete`, `up`, `pageup`, `home`, `f1` …; text is its own name. */
  readonly name: string
  readonly ctrl: boolean
  readonly alt: boolean
  readonly shift: boolean
}

export type MouseInput = Extract<Input, { type: 'mouse' }>

/** Decoded input. `text` is a complete grapheme cluster without modifiers. */
export type Input =
  | {
      readonly type: 'text'
      readonly text: string
      /** Several clusters arrived together: they were not typed. `entered`: with Enter directly after them. */
      readonly atOnce?: { readonly entered: boolean }
    }
  | { readonly type: 'key'; readonly key: Key }
  /** `continues`: a part of the paste before it, which arrived without brackets. */
  | { readonly type: 'paste'; readonly text: string; readonly continues?: true }
  | {
      readonly type: 'mouse'
      readonly action: 'press' | 'release' | 'drag' | 'wheelUp' | 'wheelDown'
      readonly button: 'left' | 'middle' | 'right' | null
      readonly x: number
      readonly y: number
      /** The topmost element at the position. */
      readonly part: string | null
    }
  | { readonly type: 'focus'; readonly focused: boolean }
  | { readonly type: 'resize'; readonly size: Size }
