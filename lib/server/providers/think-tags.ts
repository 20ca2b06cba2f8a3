/** A piece of an answer. `textWasReasoning`: all text before it was a thought. */
export type AnswerText =
  | { readonly type: 'reasoning' | 'text'; readonly text: string }
  | { readonly type: 'textWasReasoning' }

/** Separates thoughts in `<think>` tags from the text after them. */
interface ThinkTags {
  push(text: string): readonly AnswerText[]
  /** What was held back, because it could have been the beginning of a tag. */
  end(): readonly AnswerText[]
}

const OPEN = '<think>'
const CLOSE = '</think>'
/** Alone in its line: text about the tags is text. */
const UNOPENED_CLOSE = `\n${CLOSE}\n`

/**
 * An opening tag counts only at the beginning of an answer. Some chat templates contain it, so that a model sends only the
 * closing one.
 */
export function createThinkTags(): ThinkTags {
  let phase: 'start' | 'thinking' | 'after' | 'text' | 'afterTags' = 'start'
  let held = ''

  const take = (type: 'reasoning' | 'text', length = held.length): AnswerText[] => {
    const text = held.slice(0, length)
    held = held.slice(length)
    return text === '' ? [] : [{ type, text }]
  }
  const takeUntil = (type: 'reasoning' | 'text', tag: string, isEnd: boolean): AnswerText[] => {
    const position = held.indexOf(tag)
    if (position < 0) return take(type, isEnd ? held.length : held.length - heldBack(held, tag))
    const before = take(type, position)
    held = held.slice(tag.length)
    phase = 'after'
    const mark = type === 'text' ? [{ type: 'textWasReasoning' } as const] : []
    return [...before, ...mark, ...advance(isEnd)]
  }
  const advance = (isEnd: boolean): AnswerText[] => {
    switch (phase) {
      case 'start': {
        const begun = held.trimStart()
        if (!isEnd && OPEN.startsWith(begun)) return []
        phase = begun.startsWith(OPEN) ? 'thinking' : 'text'
        if (phase === 'thinking') held = begun.slice(OPEN.length)
        return advance(isEnd)
      }
      case 'thinking':
        return takeUntil('reasoning', CLOSE, isEnd)
      case 'text':
        return takeUntil('text', UNOPENED_CLOSE, isEnd)
      case 'after':
        held = held.trimStart()
        if (held !== '') phase = 'afterTags'
        return take('text')
      case 'afterTags':
        return take('text')
    }
  }
  return {
    push(text) {
      held += text
      return advance(false)
    },
    end: () => advance(true),
  }
}

/** How many characters at the end may begin the tag. */
function heldBack(text: string, tag: string): number {
  for (let length = Math.min(tag.length - 1, text.length); length > 0; length--) {
    if (tag.startsWith(text.slice(-length))) return length
  }
  return 0
}
