import { expect } from 'chai'
import { argumentsLabel, clipAnswer } from '../../lib/tools/display.ts'
import { loadCases } from '../support/cases.ts'

describe('what the transcript shows of other tools', () => {
  it('is the one telling argument, or all of them in short', () => {
    const of = (args: object): string => argumentsLabel(JSON.stringify(args))
    expect(of({ query: 'blue', request_heartbeat: true })).to.equal('blue')
    expect(of({ label: 'human', value: 'x', list: [1, 2], n: 3, on: false, none: null })).to.equal(
      'label="human", value="x", list=[2 items], n=3, on=false, none=null',
    )
    expect([
      of({}),
      argumentsLabel(''),
      argumentsLabel('{"a":'),
      argumentsLabel('"x"'),
    ]).to.deep.equal(['', '', '', ''])
  })

  it('is the beginning of a long answer', () => {
    expect(clipAnswer('a\nb\nc\nd')).to.equal('a\nb\nc…')
    expect(clipAnswer('a\nb\nc')).to.equal('a\nb\nc')
    expect(clipAnswer('x'.repeat(301))).to.equal(`${'x'.repeat(300)}…`)
  })

  const labels = loadCases('format_args_display.json') as Cases<{ args: string }>
  for (const { id, args, expected } of labels.cases) {
    it(id, () => expect(argumentsLabel(args)).to.equal(expected))
  }

  const clips = loadCases('clip_tool_return.json') as Cases<{ text: string; more: number[] }>
  for (const { id, text, more, expected } of clips.cases) {
    it(id, () => expect(clipAnswer(text, ...more)).to.equal(expected))
  }
})

interface Cases<Input> {
  readonly cases: readonly (Input & { readonly id: string; readonly expected: string })[]
}
