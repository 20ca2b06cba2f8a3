import { expect } from 'chai'
import { hasPassed, hasWords, judgeAnswer } from '../../lib/memory/judge-answer.ts'

const TEST = { name: 'tea', file: 'tea.md', question: 'What?' }

describe('An answer about memory', () => {
  it('contains words as words, whatever their case, emphasis and line breaks', () => {
    const has = (text: string, words: string): string => `${words}: ${hasWords(text, words)}`
    const text = 'Your team drinks **Green\ntea**; it’s `pnpm`, C++ and 3.5 €.'
    expect(
      ['green tea', 'tea', 'drink', "it's", 'pnpm', 'C++', 'C', '3.5', '3', 'eam', ''].map(
        (words) => has(text, words),
      ),
    ).to.deep.equal([
      'green tea: true',
      'tea: true',
      'drink: false',
      "it's: true",
      'pnpm: true',
      'C++: true',
      'C: true',
      '3.5: true',
      '3: true',
      'eam: false',
      ': false',
    ])
    expect(hasWords('A team', 'tea')).to.equal(false)
  })

  it('passes with all that is expected and nothing that is forbidden', () => {
    const judge = (text: string, tools: readonly string[]) =>
      judgeAnswer(
        {
          ...TEST,
          expected: ['tea', 'cup | mug'],
          forbidden: ['coffee'],
          forbiddenTools: ['bash'],
        },
        { text, tools },
      )
    expect(judge('A mug of tea', ['Read'])).to.deep.equal({ missing: [], found: [], tools: [] })
    expect(hasPassed(judge('A mug of tea', []))).to.equal(true)
    const faults = judge('A cup of coffee', ['Bash', 'Read', 'Bash'])
    expect(faults).to.deep.equal({ missing: ['tea'], found: ['coffee'], tools: ['Bash'] })
    expect(hasPassed(faults)).to.equal(false)
    const none = { ...TEST, expected: [], forbidden: [], forbiddenTools: ['*'] }
    expect(judgeAnswer(none, { text: '', tools: ['Read'] }).tools).to.deep.equal(['Read'])
  })
})
