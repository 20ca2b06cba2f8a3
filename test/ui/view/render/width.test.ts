import { expect } from 'chai'
import {
  clusterWidth,
  isWidthDisputed,
  splitClusters,
  textWidth,
} from '../../../../ui/view/render/width.ts'

describe('The width of a text', () => {
  it('is known for a line of hundreds of thousands of characters', () => {
    expect(textWidth(`${'x'.repeat(400_000)}😀`)).to.equal(400_002)
    expect(textWidth(`a${'क्'.repeat(200_000)}`)).to.equal(200_001)
  })

  it('is the same for the parts of a long text', () => {
    const kinds = ['👨‍👩‍👧', '🇩🇪', '🇫🇷', '❤️', '\u200b', `e${'\u0301'.repeat(3_000)}`, '👍🏽']
    for (let shift = 0; shift < 4; shift++) {
      const shifted = Array.from({ length: shift }, () => '\u200b')
      const mixed = Array.from({ length: 70 }, (_, at) => kinds[(at * at + at) % 7] ?? '')
      const flags = Array.from({ length: 1_000 }, () => '🇩🇪')
      const families = Array.from({ length: 1_000 }, () => '👨‍👩‍👧')
      const clusters = [...shifted, ...flags, ...mixed, ...families]
      expect(splitClusters(clusters.join(''))).to.deep.equal(clusters)
    }
    expect(textWidth('🇩🇪'.repeat(50_000))).to.equal(100_000)
  })

  const widths: readonly (readonly [string, number])[] = [
    ['', 0],
    ['plain text', 10],
    ['naïve é', 7],
    ['e\u0301', 1],
    ['漢字', 4],
    ['한글', 4],
    ['ｶﾅ', 2],
    ['Ｗ', 2],
    ['😀', 2],
    ['👍🏽', 2],
    ['👨‍👩‍👧', 2],
    ['🇩🇪', 2],
    ['❤️', 2],
    ['1️⃣', 2],
    ['🏴󠁧󠁢󠁥󠁮󠁧󠁿', 2],
    ['✅', 2],
    ['┌─┐│●○▸', 7],
    ['ไทย', 3],
    ['ก็', 1],
    ['क्षि', 3],
    ['\u1112\u1161\u11ab', 2],
    ['שָׁלוֹם', 4],
    ['a\u200bb\ufeffc\u00add', 4],
    ['\ufffd', 1],
  ]
  for (const [text, width] of widths) {
    it(`is ${width} for ${JSON.stringify(text)}`, () => {
      expect(textWidth(text)).to.equal(width)
    })
  }

  it('is the sum of clusters that occupy one group of cells each', () => {
    expect(splitClusters('ae\u0301漢👨‍👩‍👧🇩🇪ก็x')).to.deep.equal([
      'a',
      'e\u0301',
      '漢',
      '👨‍👩‍👧',
      '🇩🇪',
      'ก็',
      'x',
    ])
    expect(splitClusters('क्षि')).to.deep.equal(['क्', 'ष', 'ि'])
    expect(splitClusters('')).to.deep.equal([])
  })

  it('does not depend on the text around it', () => {
    const parts = [
      'a',
      'e\u0301',
      '漢',
      '👨‍👩‍👧',
      '🇩🇪',
      'ก็',
      'x',
      '─',
      '😀',
      ' ',
      '❤️',
      '1️⃣',
      'か\u3099',
      '한',
      '🙂‍↔️',
    ]
    for (const first of parts) {
      for (const second of parts) {
        const text = `${first}${second}${first}`
        expect(splitClusters(text), text).to.deep.equal([first, second, first])
      }
    }
  })

  it('counts every character, and no cluster as more than two cells', () => {
    const text = 'x👩🏽‍🚀🧑‍🤝‍🧑 ﷽ 漢字 ẛ̣ नमस्ते \u0301 é \ud83d z'
    expect(splitClusters(text).join('')).to.equal(text)
    for (const cluster of splitClusters(text)) expect(clusterWidth(cluster)).to.be.within(0, 2)
  })

  it('is the sum of the widths of its clusters', () => {
    const text = 'mixed 漢字 and 👍🏽 and é'
    const sum = splitClusters(text).reduce((total, cluster) => total + clusterWidth(cluster), 0)
    expect(textWidth(text)).to.equal(sum)
  })

  it('is that of its cluster for every single character', () => {
    const characters = Array.from({ length: 0xd800 - 0x20 }, (_, index) =>
      String.fromCharCode(0x20 + index),
    )
    const wrong = characters.filter(
      (one) =>
        textWidth(one) !== splitClusters(one).reduce((sum, each) => sum + clusterWidth(each), 0),
    )
    expect(wrong).to.deep.equal([])
  })

  it('is marked as disputed where terminals differ', () => {
    const disputed = ['😀', '👨‍👩‍👧', '❤️', 'e\u0301', '✅', '☀', 'ท']
    const agreed = ['a', 'é', '漢', '한', '│', '●', '⠋', 'λ', 'Ж', '✓']
    expect(disputed.filter((cluster) => !isWidthDisputed(cluster))).to.deep.equal([])
    expect(agreed.filter(isWidthDisputed)).to.deep.equal([])
  })
})
