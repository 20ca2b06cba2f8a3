/** Archival memory. */

export const PASSAGE = 'passage'
export const NO_PASSAGE = 'No passage is selected.'
export const NO_TEXT = 'Nothing was inserted: the text is empty.'
export const PASSAGE_INSERTED = 'Inserted into archival memory.'
export const PASSAGE_DELETED = 'Deleted from archival memory.'

export const FIND_PASSAGE = {
  title: 'Search archival memory',
  explanation: 'Text of the passages; empty for all:',
} as const

export const INSERT_PASSAGE = {
  title: 'Insert passage',
  explanation: 'The agent finds the text by searching its archival memory:',
} as const

export function deletePassageQuestion(text: string) {
  const start = text.length > 300 ? `${text.slice(0, 300)} …` : text
  return { title: 'Delete this passage?', text: `It cannot be restored.\n\n${start}` }
}
