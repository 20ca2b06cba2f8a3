let segmenter: Intl.Segmenter | undefined

/**
 * What a reader takes for one character, in segments. The segmenter is created for the first text that needs it: its tables take 9 ms
 * to load, and most texts are ASCII.
 */
export function graphemesOf(text: string): Intl.Segments {
  segmenter ??= new Intl.Segmenter(undefined, { granularity: 'grapheme' })
  return segmenter.segment(text)
}
