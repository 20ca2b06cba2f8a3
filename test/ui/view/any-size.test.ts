import { expect } from 'chai'
import { openDesktop } from '../../support/desktop.ts'

describe('The screen at any size', () => {
  it('is drawn, down to one cell, while an approval, a table and wide characters are shown', async () => {
    const table = '| 漢字 | 👩‍👩‍👧 |\n| --- | --- |\n| one | two |\n\n```ts\nconst a = 1\n```'
    const edit = { name: 'Write', args: { file_path: '漢字.ts', content: 'const 👩‍👩‍👧 = 1\n' } }
    const desk = await openDesktop([{ text: table, calls: [edit] }, { text: 'Done.' }])
    desk.types('Write it').presses('enter')
    await desk.sees('Approval')
    for (const page of ['', 'alt+2', 'alt+4', 'f1']) {
      if (page !== '') desk.presses(page)
      for (const columns of [200, 60, 30, 13, 5, 3, 2, 1]) {
        for (const rows of [50, 9, 4, 2, 1]) {
          desk.root.dispatch({ type: 'viewport.changed', size: { columns, rows } })
          expect(desk.screen().split('\n')).to.have.lengthOf(rows, `${page} ${columns} × ${rows}`)
        }
      }
    }
    await desk.close()
  })
})
