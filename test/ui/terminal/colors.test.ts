import { expect } from 'chai'
import { colorParameters, detectColors } from '../../../ui/terminal/colors.ts'
import { rgb } from '../../../ui/view/render/style.ts'

describe('The color support', () => {
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
  for (const [environment, colors] of environments) {
    it(`is ${colors} with ${JSON.stringify(environment)}`, () => {
      expect(detectColors(environment)).to.equal(colors)
    })
  }

  it('maps a color to the nearest one of the palette', () => {
    const near = (red: number, green: number, blue: number) =>
      (['256', '16'] as const).map((colors) => colorParameters(rgb(red, green, blue), 'fg', colors))
    expect(near(0, 0, 0)).to.deep.equal(['38;5;16', '30'])
    expect(near(255, 255, 255)).to.deep.equal(['38;5;231', '97'])
    expect(near(128, 128, 128)).to.deep.equal(['38;5;244', '90'])
    expect(near(95, 135, 175)).to.deep.equal(['38;5;67', '94'])
    expect(near(250, 10, 10)).to.deep.equal(['38;5;196', '91'])
  })

  it('keeps the hue of a soft color where there are sixteen', () => {
    const basic = (red: number, green: number, blue: number): string =>
      colorParameters(rgb(red, green, blue), 'fg', '16')
    expect(basic(0xa5, 0xd6, 0x7a)).to.equal('92')
    expect(basic(0xff, 0x8a, 0x94)).to.equal('91')
    expect(basic(0xe6, 0xc3, 0x84)).to.equal('93')
    expect(basic(0x12, 0x29, 0x1b)).to.equal('30')
    expect(basic(0xa3, 0xab, 0xbd)).to.equal('37')
  })

  it('keeps a color of the palette', () => {
    expect(colorParameters(3, 'fg', '16')).to.equal('33')
    expect(colorParameters(12, 'bg', '256')).to.equal('104')
    expect(colorParameters(200, 'bg', 'truecolor')).to.equal('48;5;200')
    expect(colorParameters(-1, 'fg', 'truecolor')).to.equal('')
  })
})
