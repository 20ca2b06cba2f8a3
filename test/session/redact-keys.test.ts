import { expect } from 'chai'
import { redactKeys } from '../../lib/session/redact-keys.ts'

const KEY = 'sk-0123456789abcdef'

describe('The output of a command', () => {
  it('contains no key of the program in its text, stdout and stderr', async () => {
    const printed = `the key is ${KEY}`
    const answer = await redactKeys(
      { status: 'success', text: printed, stdout: [printed], stderr: [printed] },
      { type: 'command', command: 'env' },
      {
        bounds: { directory: '/project', home: '/home', readable: [] },
        environment: { OPENAI_API_KEY: KEY },
      },
    )
    expect(answer.text).to.include('the key is')
    expect(JSON.stringify(answer)).to.not.include(KEY)
  })
})
