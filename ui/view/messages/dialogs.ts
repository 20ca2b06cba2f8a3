/** Dialogs and help. */

export const dialogTexts = {
  noMatches: 'No matches.',
  notListed: (key: string) => `Not listed: ${key} uses the name as it is typed.`,
  noTitle: (key: string) => `No title matches: ${key} searches all messages for the text.`,
  modelKeys: [
    ['picker.nextProvider', 'next provider'],
    ['picker.toggleFavorite', 'favorite'],
  ] as const,
  filter: 'Type to filter',
  position: (at: number, count: number) => `${at} of ${count}`,
  rows: (from: number, to: number, count: number) => `${from}–${to} of ${count}`,
  confirm: 'confirm',
  back: 'back',
  yes: 'yes',
  no: 'no',
  unsaved: [
    ['memory.save', 'save'],
    ['memory.leaveDraft', 'leave as draft'],
    ['memory.discardDraft', 'discard'],
    ['overlay.close', 'stay'],
  ] as const,
  readFirst: (scroll: string, yes: string) => `${scroll} to the end, then ${yes}`,
}

export const helpTexts = {
  commands: 'Commands',
}
