/** What SGR and OSC 8 have turned on at some place of a row. */
export interface Attributes {
  /** One entry a group (colour, weight …): the sequence that turns it on. */
  readonly on: Readonly<Partial<Record<Group, string>>>
  readonly link: string
}

/** Attributes that share the code which turns them off. */
export type Group = 'fg' | 'bg' | 'weight' | 'italic' | 'underline' | 'inverse' | 'strike'

export const OFF: Readonly<Record<Group, string>> = {
  fg: '\x1b[39m',
  bg: '\x1b[49m',
  weight: '\x1b[22m',
  italic: '\x1b[23m',
  underline: '\x1b[24m',
  inverse: '\x1b[27m',
  strike: '\x1b[29m',
}

const GROUPS = Object.keys(OFF) as readonly Group[]

export const NO_ATTRIBUTES: Attributes = { on: {}, link: '' }

const LINK_OFF = '\x1b]8;;\x1b\\'

/** The sequences of ours that a row may hold, and any other control (which no row should). */
export const SEQUENCE =
  /\x1b\[[\d;]*m|\x1b\]8;[^;\x07\x1b]*;[^\x07\x1b]*(?:\x1b\\|\x07)|[\x00-\x08\x0b-\x1f\x7f-\x9f]/g

/** The row as plain text. */
export function stripStyles(row: string): string {
  return row.includes('\x1b') ? row.replace(SEQUENCE, '') : row
}

/** The attributes after `sequence`; what is not SGR or a link changes nothing. */
export function applySequence(attributes: Attributes, sequence: string): Attributes {
  if (sequence.startsWith('\x1b]8;')) {
    const target = sequence.slice(sequence.indexOf(';', 4) + 1).replace(/(?:\x1b\\|\x07)$/, '')
    return { on: attributes.on, link: target === '' ? '' : sequence }
  }
  if (!sequence.startsWith('\x1b[')) return attributes
  const codes = sequence.slice(2, -1).split(';').map(Number)
  let on: Partial<Record<Group, string>> = { ...attributes.on }
  for (let index = 0; index < codes.length; index++) {
    const code = codes[index] ?? 0
    const taken = code === 38 || code === 48 ? colourLength(codes, index) : 1
    if (code === 0) on = {}
    else turn(on, code, codes.slice(index, index + taken))
    index += taken - 1
  }
  return { on, link: attributes.link }
}

/** From one place's attributes to another's. */
export function change(from: Attributes, to: Attributes): string {
  if (from === to) return ''
  let off = ''
  let on = ''
  for (const group of GROUPS) {
    if (from.on[group] === to.on[group]) continue
    // Bold is not turned off by dim, so that group ends before it begins anew.
    if (to.on[group] === undefined || group === 'weight') off += from.on[group] ? OFF[group] : ''
    on += to.on[group] ?? ''
  }
  if (from.link === to.link) return off + on
  return off + (to.link === '' ? LINK_OFF : to.link) + on
}

/** Turns off what is on, group by group, so that a style around the row can be restored. */
export function close(attributes: Attributes): string {
  let result = ''
  for (const group of GROUPS) if (attributes.on[group] !== undefined) result += OFF[group]
  return attributes.link === '' ? result : result + LINK_OFF
}

function colourLength(codes: readonly number[], index: number): number {
  return codes[index + 1] === 2 ? 5 : 3
}

function turn(on: Partial<Record<Group, string>>, code: number, codes: readonly number[]): void {
  const off = OFF_CODES[code]
  if (off !== undefined) delete on[off]
  const group = groupOf(code)
  if (group === null) return
  const sequence = `\x1b[${codes.join(';')}m`
  const weight = on.weight ?? ''
  // Bold and dim can be on together.
  if (group !== 'weight') on[group] = sequence
  else if (!weight.includes(sequence)) on.weight = weight + sequence
}

const OFF_CODES: Readonly<Record<number, Group>> = {
  22: 'weight',
  23: 'italic',
  24: 'underline',
  27: 'inverse',
  29: 'strike',
  39: 'fg',
  49: 'bg',
}

const ON_CODES: Readonly<Record<number, Group>> = {
  1: 'weight',
  2: 'weight',
  3: 'italic',
  4: 'underline',
  7: 'inverse',
  9: 'strike',
  38: 'fg',
  48: 'bg',
}

function groupOf(code: number): Group | null {
  if ((code >= 30 && code <= 37) || (code >= 90 && code <= 97)) return 'fg'
  if ((code >= 40 && code <= 47) || (code >= 100 && code <= 107)) return 'bg'
  return ON_CODES[code] ?? null
}
