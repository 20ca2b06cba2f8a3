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

/** Where the terminal's own cursor stands; IME follows it. */
export interface CaretPosition {
  readonly x: number
  readonly y: number
}

/** What an element shows at the place it has. */
export interface ElementContent {
  /** At most as many as the place has; each fits its columns. */
  readonly rows: readonly Row[]
  /** In cells of the element; shown while it has the focus. */
  readonly caret?: CaretPosition
}

/** Content and its place, which depends on the content. */
export interface PlacedContent {
  readonly rect: Rect
  render(size: Size): ElementContent
}

/** An element of the screen. Later ones of a frame lie over earlier ones. */
export interface FrameElement extends PlacedContent {
  /** The pane (or overlay) it belongs to; a mouse event names it. */
  readonly id: string
  /** Panes take keys and clicks, popups lie over them, a dialog takes the focus, separators take nothing. */
  readonly type: 'pane' | 'separator' | 'popup' | 'dialog'
}

/** All that is on the screen. */
export interface Frame {
  readonly size: Size
  readonly elements: readonly FrameElement[]
  /** The element that gets the keys, whether there is room for it or not. */
  readonly focus: string
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
      /** The topmost element under it. */
      readonly part: string | null
    }
  | { readonly type: 'focus'; readonly focused: boolean }
  | { readonly type: 'resize'; readonly size: Size }
