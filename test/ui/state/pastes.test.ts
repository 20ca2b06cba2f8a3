import { expect } from 'chai'
import * as edit from '../../../ui/state/editor.ts'
import {
  collapsePastes,
  expandPastes,
  hasPaste,
  isLongPaste,
  keepLabelsIntact,
  type Paste,
  pasteAt,
  pasteLabel,
  withPastes,
} from '../../../ui/state/pastes.ts'

const LINES = 'a line\n'.repeat(12)
const OTHERS = 'b line\n'.repeat(12)
const PASTES = withPastes([], [LINES, OTHERS, 'x'.repeat(3000)])
const [FIRST = '', SECOND = ''] = PASTES.map(({ label }) => label)

const at = (text: string, cursor = text.length) => ({ ...edit.createEditor(text), cursor })
const edited = (
  before: edit.TextEditor,
  operation: (editor: edit.TextEditor) => edit.TextEditor,
): readonly [string, number] => {
  const { text, cursor } = keepLabelsIntact(before, operation(before), PASTES)
  return [text, cursor]
}

describe('A long text that is pasted', () => {
  it('has more than ten lines, or 2,000 characters', () => {
    expect(isLongPaste('x\n'.repeat(10))).to.equal(false)
    expect(isLongPaste('x\n'.repeat(11))).to.equal(true)
    expect(isLongPaste('x'.repeat(2000))).to.equal(false)
    expect(isLongPaste('x'.repeat(2001))).to.equal(true)
  })

  it('has a separate label, the same when it is pasted again', () => {
    expect(PASTES.map(({ label }) => label)).to.deep.equal([
      '[pasted 12 lines]',
      '[pasted 12 lines, 2]',
      '[pasted 3000 characters]',
    ])
    expect(withPastes(PASTES, [LINES])).to.equal(PASTES)
  })

  it('is shown by its label, and sent in full', () => {
    const shown = `See ${FIRST} and ${SECOND}${FIRST}.`
    const full = `See ${LINES} and ${OTHERS}${LINES}.`
    expect(expandPastes(shown, PASTES)).to.equal(full)
    expect(collapsePastes(full, PASTES)).to.equal(shown)
  })

  it('is never forgotten while a text names it, however many there are', () => {
    const texts = Array.from({ length: 500 }, (_, number) => `${number}\n`.repeat(12))
    const pasted = texts.reduce<{ pastes: readonly Paste[]; message: string }>(
      ({ pastes, message }, text) => {
        const all = withPastes(pastes, [text], [message])
        return { pastes: all, message: message + pasteLabel(all, text) }
      },
      { pastes: [], message: '' },
    )
    expect(expandPastes(pasted.message, pasted.pastes)).to.equal(texts.join(''))
    const later = withPastes(pasted.pastes, ['other\n'.repeat(12)])
    expect(later).to.have.lengthOf(200)
  })

  it('is sent as it is when it contains a label itself', () => {
    const pastes = withPastes(PASTES, [`${FIRST}\n`.repeat(20)])
    const label = pastes.at(-1)?.label ?? ''
    expect(expandPastes(label, pastes)).to.equal(`${FIRST}\n`.repeat(20))
  })

  it('is deleted as one, and comes back with undo and yank', () => {
    const before = at(`See ${FIRST}`)
    expect(edited(before, edit.deleteBack)).to.deep.equal(['See ', 4])
    expect(edited(before, edit.deleteWordBack)).to.deep.equal(['See ', 4])
    expect(edited(at(`See ${FIRST}!`, 4), edit.deleteForward)).to.deep.equal(['See !', 4])
    expect(edited(at(`[${FIRST}`, 1), edit.deleteBack)).to.deep.equal([FIRST, 0])
    expect(edited(at(`${FIRST}]`), edit.deleteBack)).to.deep.equal([FIRST, FIRST.length])
    const deleted = keepLabelsIntact(before, edit.deleteWordBack(before), PASTES)
    expect(edit.yank(deleted).text).to.equal(before.text)
    expect(edit.undo(deleted).text).to.equal(before.text)
  })

  it('is one step for the cursor', () => {
    const text = `a${FIRST}b`
    expect(edited(at(text, 1), edit.moveRight)[1]).to.equal(1 + FIRST.length)
    expect(edited(at(text, 1 + FIRST.length), edit.moveLeft)[1]).to.equal(1)
    expect(edited(at(text, 1 + FIRST.length), edit.moveWordLeft)[1]).to.equal(1)
  })

  it('is noticed by its label and in full', () => {
    expect(hasPaste(`See ${FIRST}`, PASTES)).to.equal(true)
    expect(hasPaste(`See ${LINES}`, PASTES)).to.equal(true)
    expect(hasPaste('See [pasted 7 lines] and text', PASTES)).to.equal(false)
    expect(hasPaste('c line\n'.repeat(20), PASTES)).to.equal(false)
  })

  it('is found at the cursor or before it', () => {
    const text = `${FIRST} ${SECOND} x`
    expect(pasteAt(at(text), PASTES)?.paste.label).to.equal(SECOND)
    expect(pasteAt(at(text, 0), PASTES)?.paste.label).to.equal(FIRST)
    expect(pasteAt(at('none'), PASTES)).to.equal(null)
  })
})
