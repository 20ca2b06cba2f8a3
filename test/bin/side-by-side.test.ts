import { expect } from 'chai'
import { sideBySide } from '../../bin/commands/side-by-side.ts'

describe('Two answers', () => {
  const texts = [
    { title: 'with', text: `${'word '.repeat(12)}end` },
    { title: 'without', text: '日本' },
  ] as const

  it('are side by side on a wide terminal', () => {
    const rows = sideBySide(texts, 103).split('\n')
    const rule = '─'.repeat(50)
    expect(rows.slice(0, 3)).to.deep.equal([
      `${'with'.padEnd(50)} │ without`,
      `${rule} │ ${rule}`,
      `${'word '.repeat(10)} │ 日本`,
    ])
    expect(rows[3]).to.equal(`${'word word end'.padEnd(50)} │`)
  })

  it('are one after the other on a narrow one and in a pipe', () => {
    for (const columns of [80, 0]) {
      expect(sideBySide(texts, columns)).to.equal(`── with\n${texts[0].text}\n\n── without\n日本`)
    }
  })
})
