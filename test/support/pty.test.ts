import { expect } from 'chai'
import { openPty } from './pty.ts'

describe('A pseudo terminal of the tests', () => {
  it('delivers everything that a program prints before it ends', async () => {
    const args = ['-c', 'printf "%09000d" 1; printf "the end"; exit 3']
    for (let round = 0; round < 5; round++) {
      const pty = openPty({ command: 'bash', args })
      expect((await pty.exit).code).to.equal(3)
      expect(pty.raw().length).to.equal(9_007)
      expect(pty.raw()).to.match(/the end$/)
      await pty.close()
    }
  })
})
