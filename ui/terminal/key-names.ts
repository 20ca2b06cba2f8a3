import type { Input, Key } from '../view/types.ts'
import { CODED_KEYS } from './key-tables.ts'

// The bits of xterm's and kitty's modifiers, after 1 is subtracted.
export const SHIFT = 1
export const ALT = 2
export const CTRL = 4
export const SUPER_OR_HYPER = 8 | 16
export const META = 32

export function keyEvent(name: string, modifiers = 0): Input {
  const key: Key = {
    name,
    ctrl: (modifiers & CTRL) !== 0,
    alt: (modifiers & (ALT | META)) !== 0,
    shift: (modifiers & SHIFT) !== 0,
  }
  return { type: 'key', key }
}

/** A key that types a character, with modifiers. Its name already includes Shift. */
export function characterKeyEvent(character: string, modifiers: number): Input {
  if (character === ' ') return keyEvent('space', modifiers)
  const isUpper = character !== character.toLowerCase()
  return keyEvent(character, isUpper ? modifiers | SHIFT : modifiers)
}

/** A control character as the key that sends it. */
export function controlKeyEvent(code: number, modifiers = 0): Input {
  const name = CODED_KEYS[code]
  if (name !== undefined) return keyEvent(name, modifiers)
  const character = code === 0 ? 'space' : String.fromCharCode(code + 64).toLowerCase()
  return keyEvent(character, CTRL | modifiers)
}
