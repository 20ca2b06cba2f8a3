import { expect } from 'chai'
import { createEditor } from '../../../../ui/state/editor.ts'
import { questionsView } from '../../../../ui/view/panes/questions.ts'
import { rowText } from '../../../../ui/view/render/row.ts'
import { given, OPENED, optionsFor } from './scene.ts'

describe('The pane of a question', () => {
  it('shows the part of a very long answer around the caret', () => {
    const text = Array.from({ length: 200_000 }, (_, at) => `line ${at}`).join('\n')
    const question = { question: 'Why?', header: '', options: [], multiSelect: false }
    const shown = (cursor: number) => {
      const answers = [{ chosen: [], editor: { ...createEditor(text), cursor } }]
      const view = {
        questions: [question],
        form: { at: 0, cursor: 0, answers },
        isWriting: true,
        isSeen: true,
        hasFocus: true,
        above: [],
      }
      const { rows, caret } = questionsView(
        view,
        { columns: 60, rows: 12 },
        optionsFor(given({ columns: 60, rows: 12 }, ...OPENED)),
      )
      return { texts: rows.map(rowText), caret }
    }
    const end = shown(text.length)
    expect(end.texts[end.caret?.y ?? 0]).to.include('line 199999')
    const middle = shown(text.indexOf('line 100000'))
    expect(middle.texts[middle.caret?.y ?? 0]).to.include('line 100000')
    expect(shown(0).texts.slice(0, 3).join()).to.include('Why?').and.include('line 0')
  })
})
