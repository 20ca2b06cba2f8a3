/**
 * The only width table: wrapping and painting must agree on every cell.
 *
 * A cluster is the content of one cell or two: an emoji with all its joiners, else one base character with its marks.
 */
import { eastAsianWidth } from 'get-east-asian-width'
import { graphemesOf } from '../../../lib/util/graphemes.ts'

/** The width of `cluster` in cells: 0, 1 or 2. */
export function clusterWidth(cluster: string): number {
  if (cluster.length === 1) {
    const code = cluster.charCodeAt(0)
    if (code < 0x7f) return code < 0x20 ? 0 : 1
  }
  const known = widths.get(cluster)
  if (known !== undefined) return known
  const width = measure(cluster)
  if (widths.size >= CACHED) widths.clear()
  widths.set(cluster, width)
  return width
}

/** The width of `text` in cells. It must not contain escape sequences. */
export function textWidth(text: string): number {
  if (NARROW.test(text)) return text.length
  let width = 0
  for (const cluster of splitClusters(text)) width += clusterWidth(cluster)
  return width
}

export function splitClusters(text: string): readonly string[] {
  if (SINGLES.test(text)) return text.split('')
  const clusters: string[] = []
  for (const [piece] of text.matchAll(PIECES)) {
    if (STARTERS.test(piece)) for (const cluster of piece) clusters.push(cluster)
    else segment(piece, clusters)
  }
  return clusters
}

/** Whether some terminals use another width for `cluster`. */
export function isWidthDisputed(cluster: string): boolean {
  return !SINGLES.test(cluster)
}

/** The width of `cluster` in a terminal that measures each code point separately. */
export function widestWidth(cluster: string): number {
  let width = 0
  for (const character of cluster)
    width += WIDE_ALONE.test(character) ? 2 : characterWidth(character)
  return Math.max(width, 2)
}

export function isEmoji(cluster: string): boolean {
  return (
    cluster.length > 1 &&
    (EMOJI_STYLE.test(cluster) || FLAG.test(cluster) || isListedEmoji(cluster))
  )
}

const CACHED = 8192
const widths = new Map<string, number>()

// Each code unit is a separate cluster of one cell, in every terminal: Latin, Greek, Cyrillic, punctuation, arrows, box drawing
// and the geometric shapes that are no emoji, check marks, Braille.
const NARROW =
  /^[\x20-\x7e\xa0-\xac\xae-\u02ff\u0370-\u0377\u037a-\u037f\u0384-\u038a\u038c\u038e-\u03a1\u03a3-\u0482\u048a-\u052f\u2010-\u2027\u2030-\u203b\u203d-\u2048\u20a0-\u20bf\u2190-\u21ff\u2200-\u22ff\u232b-\u23ce\u2500-\u25a9\u25ac-\u25b5\u25b7-\u25bf\u25c1-\u25fa\u2713\u2717\u2718\u276f\u2800-\u28ff\ufffd]*$/
// The same with those of one or two cells: kana, Han, Hangul, full-width forms.
const SINGLES = new RegExp(
  NARROW.source.replace(
    ']',
    String.raw`\u3000-\u3029\u3041-\u3096\u30a1-\u30fc\u4e00-\u9fff\uac00-\ud7a3\uff01-\uff60]`,
  ),
)

// A cluster always ends between two of these, so the slow segmenter is needed only for the text around others. The last one
// before such others is included, as a mark may follow it.
const STARTERS = /^[\x20-\x7e\u2500-\u257f\u3001-\u3029\u3041-\u3096\u30a1-\u30fc\u4e00-\u9fff]+$/
const STARTER = STARTERS.source.slice(1, -2)
const PIECES = new RegExp(
  `${STARTER}+(?=${STARTER}|$)|${STARTER}?${STARTER.replace('[', '[^')}+`,
  'g',
)

let rgiEmoji: RegExp | undefined

/** V8 takes 13 ms to list these emoji, which few texts need. */
function isListedEmoji(cluster: string): boolean {
  // biome-ignore lint/complexity/useRegexLiterals: the compiler's target knows no `v` flag; every supported version of Node does.
  rgiEmoji ??= new RegExp('^\\p{RGI_Emoji}$', 'v')
  return rgiEmoji.test(cluster)
}

const EMOJI_STYLE = /^\p{Emoji}\ufe0f/u
const FLAG = /^[\u{1f1e6}-\u{1f1ff}]{2}$/u
// Skin tones and halves of flags.
const WIDE_ALONE = /[\p{Emoji_Modifier}\p{Regional_Indicator}]/u
const ZERO_WIDTH = /[\p{Mn}\p{Me}\p{Cf}\p{Cc}\u1160-\u11ff\ud7b0-\ud7ff]/u

function measure(cluster: string): number {
  if (isEmoji(cluster)) return 2
  let width = 0
  for (const character of cluster) width += characterWidth(character)
  return Math.min(width, 2)
}

function characterWidth(character: string): number {
  return ZERO_WIDTH.test(character) ? 0 : eastAsianWidth(character.codePointAt(0) ?? 0)
}

/** The time of the segmenter grows with the square of a text that is much longer. */
const PART_LENGTH = 1_000

function segment(text: string, clusters: string[]): void {
  for (const segment of segmentsOf(text)) {
    if (segment.length === 1 || isEmoji(segment)) clusters.push(segment)
    else for (const base of splitBases(segment)) clusters.push(base)
  }
}

/** The last segment of a part may continue after it, so the next part begins with it. */
function* segmentsOf(text: string): Generator<string> {
  let start = 0
  let length = PART_LENGTH
  while (start < text.length) {
    const most = start + length
    // A pair of surrogates is not divided.
    const end = /[\ud800-\udbff]/.test(text[most - 1] ?? '') ? most + 1 : most
    const found = [...graphemesOf(text.slice(start, end))]
    if (end < text.length) found.pop()
    // Only a segment that is longer than the part.
    length = found.length === 0 ? length * 2 : PART_LENGTH
    for (const { segment } of found) {
      yield segment
      start += segment.length
    }
  }
}

// What the segmenter joins (Indic syllables, Thai) has one cell for each base in most terminals.
function splitBases(segment: string): readonly string[] {
  const parts: string[] = []
  for (const character of segment) {
    const last = parts.length - 1
    if (last >= 0 && characterWidth(character) === 0) parts[last] += character
    else parts.push(character)
  }
  return parts
}
