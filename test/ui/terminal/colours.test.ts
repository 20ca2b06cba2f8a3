import { expect } from 'chai'
import { colourParameters, detectColours } from '../../../ui/terminal/colours.ts'
import { rgb } from '../../../ui/view/render/style.ts'

describe('The colour support', () => {
  const environments: readonly (readonly [Readonly<Record<string, string>>, string])[] = [
    [{ TERM: 'xterm-256color', COLORTERM: 'truecolor' }, 'truecolor'],
    [{ TERM: 'xterm-kitty' }, 'truecolor'],
    [{ TERM: 'xterm-256color', TERM_PROGRAM: 'iTerm.app' }, 'truecolor'],
    [{ TERM: 'xterm-256color', WT_SESSION: 'x' }, 'truecolor'],
    [{ TERM: 'xterm-256color' }, '256'],
    [{ TERM: 'screen-256color', TERM_PROGRAM: 'tmux' }, '256'],
    [{ TERM: 'xterm', TERM_PROGRAM: 'Apple_Terminal' }, '256'],
    [{ TERM: 'xterm' }, '16'],
    [{}, '16'],
    [{ TERM: 'dumb' }, 'none'],
    [{ TERM: 'vt220' }, 'none'],
    [{ TERM: 'xterm-kitty', COLORTERM: 'truecolor', NO_COLOR: '1' }, 'none'],
    [{ TERM: 'xterm-kitty', NO_COLOR: '' }, 'truecolor'],
    [{ TERM: 'xterm-256color', COLORTERM: 'truecolor', FORCE_COLOR: '1' }, '16'],
  ]
  for (const [environment, colours] of environments) {
    it(`is ${colours} with ${JSON.stringify(environment)}`, () => {
      expect(detectColours(environment)).to.equal(colours)
    })
  }

  it('maps a colour to the nearest one of the palette', () => {
    const near = (red: number, green: number, blue: number) =>
      (['256', '16'] as const).map((colours) =>
        colourParameters(rgb(red, green, blue), 'fg', colours),
      )
    expect(near(0, 0, 0)).to.deep.equal(['38;5;16', '30'])
    expect(near(255, 255, 255)).to.deep.equal(['38;5;231', '97'])
    expect(near(128, 128, 128)).to.deep.equal(['38;5;244', '90'])
    expect(near(95, 135, 175)).to.deep.equal(['38;5;67', '90'])
    expect(near(250, 10, 10)).to.deep.equal(['38;5;196', '91'])
  })

  it('keeps a colour of the palette', () => {
    expect(colourParameters(3, 'fg', '16')).to.equal('33')
    expect(colourParameters(12, 'bg', '256')).to.equal('104')
    expect(colourParameters(200, 'bg', 'truecolor')).to.equal('48;5;200')
    expect(colourParameters(-1, 'fg', 'truecolor')).to.equal('')
  })
})
