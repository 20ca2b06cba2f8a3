import { expect } from 'chai'
import { droppedImages } from '../../../ui/state/dropped-images.ts'

describe('Images that are dropped on the terminal', () => {
  it('become files of the message, whatever way the terminal quotes them', () => {
    expect(droppedImages('/tmp/shot.png')).to.equal('@/tmp/shot.png ')
    expect(droppedImages('/tmp/a.png /tmp/b.png')).to.equal('@/tmp/a.png @/tmp/b.png ')
    expect(droppedImages('/tmp/My\\ Shot.PNG ')).to.equal('@"/tmp/My Shot.PNG" ')
    expect(droppedImages("'/tmp/My Shot.png'")).to.equal('@"/tmp/My Shot.png" ')
    expect(droppedImages('file:///tmp/My%20Shot.jpg')).to.equal('@"/tmp/My Shot.jpg" ')
    expect(droppedImages('/a.png /b.webp')).to.equal('@/a.png @/b.webp ')
  })

  it('become one file where a path with blanks is not quoted', () => {
    expect(droppedImages('/tmp/My Shot.png')).to.equal('@"/tmp/My Shot.png" ')
    expect(droppedImages('~/Screen Shot at 9.41.00 AM.png\n')).to.equal(
      '@"~/Screen Shot at 9.41.00 AM.png" ',
    )
    expect(droppedImages('/tmp/My\\ Shot.png /tmp/b.png')).to.equal(
      '@"/tmp/My Shot.png" @/tmp/b.png ',
    )
  })

  it('are not other texts', () => {
    for (const text of [
      '/rename My Shot.png',
      '/tmp/My Shot.txt',
      '/tmp/a b.png and /tmp/c.txt',
      'a.png',
      '/tmp/a.txt',
      'see /tmp/a.png',
      '/a.png\n/b.png',
      '',
      '   ',
    ]) {
      expect(droppedImages(text), text).to.equal(null)
    }
  })
})
