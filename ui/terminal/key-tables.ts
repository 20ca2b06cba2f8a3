/** Names of keys by what terminals send for them. The name of a text key (letter, digit, sign) is its character. */

/** `CSI number ~` */
export const NUMBERED_KEYS: Readonly<Record<number, string>> = {
  1: 'home',
  2: 'insert',
  3: 'delete',
  4: 'end',
  5: 'pageup',
  6: 'pagedown',
  7: 'home',
  8: 'end',
  11: 'f1',
  12: 'f2',
  13: 'f3',
  14: 'f4',
  15: 'f5',
  17: 'f6',
  18: 'f7',
  19: 'f8',
  20: 'f9',
  21: 'f10',
  23: 'f11',
  24: 'f12',
}

/** `CSI letter`, `CSI 1;modifiers letter`, `SS3 letter` */
export const LETTERED_KEYS: Readonly<Record<string, string>> = {
  A: 'up',
  B: 'down',
  C: 'right',
  D: 'left',
  E: 'clear',
  F: 'end',
  H: 'home',
  P: 'f1',
  Q: 'f2',
  R: 'f3',
  S: 'f4',
  Z: 'tab',
}

/** Keys by code point: C0 and DEL, and kitty's private code points for the keypad. */
export const CODED_KEYS: Readonly<Record<number, string>> = {
  8: 'backspace',
  9: 'tab',
  13: 'enter',
  27: 'escape',
  32: 'space',
  127: 'backspace',
  57414: 'enter',
  57417: 'left',
  57418: 'right',
  57419: 'up',
  57420: 'down',
  57421: 'pageup',
  57422: 'pagedown',
  57423: 'home',
  57424: 'end',
  57425: 'insert',
  57426: 'delete',
  57427: 'clear',
}

/** The text of kitty's keypad keys that type a character. */
export const KEYPAD_TEXT: Readonly<Record<number, string>> = Object.fromEntries(
  [...'0123456789./*-+'].map((text, index) => [57399 + index, text]).concat([[57415, '=']]),
)

/** `ESC [ [ letter` of the Linux console. */
export const CONSOLE_KEYS: Readonly<Record<string, string>> = {
  A: 'f1',
  B: 'f2',
  C: 'f3',
  D: 'f4',
  E: 'f5',
}
