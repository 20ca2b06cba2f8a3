import { expect } from 'chai'
import { withProgram } from '../support/with-program.ts'

const EDIT = {
  name: 'Edit',
  args: { file_path: 'greet.ts', old_string: 'Helo', new_string: 'Hello' },
}

describe('The command letta -p', () => {
  const desk = withProgram()

  it('prints only the answer to standard output', async () => {
    await desk.setUp([{ text: 'Hi! How can I help?' }])
    const { code, stdout } = await desk.runs(['-p', 'hi there'])
    expect({ code, stdout }).to.deep.equal({ code: 0, stdout: 'Hi! How can I help?\n' })
    expect(desk.model.requests.length).to.equal(1)
  })

  it('denies calls that need approval, and names the flag and the rule that allow them', async () => {
    await desk.setUp([{ calls: [EDIT] }, { text: 'I may not.' }])
    const before = desk.read('greet.ts')
    const { code, stderr } = await desk.runs(['-p', 'Fix it'])
    expect(code).to.equal(0)
    expect(stderr).to.contain('--permission-mode acceptEdits').and.to.contain('--yolo')
    expect(desk.read('greet.ts')).to.equal(before)
  })

  it('edits files with --permission-mode acceptEdits', async () => {
    await desk.setUp([{ calls: [EDIT] }, { text: 'Done.' }])
    const { stdout } = await desk.runs(['-p', 'Fix it', '--permission-mode', 'acceptEdits'])
    expect(stdout).to.equal('Done.\n')
    expect(desk.read('greet.ts')).to.contain('Hello')
  })

  it('reads its prompt from a pipe, and resumes the same agent', async () => {
    await desk.setUp([{ text: 'One.' }, { text: 'Two.' }])
    await desk.runs(['-p'], { input: 'the first question' })
    const { stdout } = await desk.runs(['-p', 'the second question'])
    expect(stdout).to.equal('Two.\n')
    expect(JSON.stringify(desk.model.requests[1]?.body.messages)).to.contain('the first question')
  })

  it('exits with 1 and reports why when the model fails', async () => {
    await desk.setUp([{ error: { status: 401, body: { error: { message: 'bad key' } } } }])
    const { code, stdout, stderr } = await desk.runs(['-p', 'hi'])
    expect({ code, stdout }).to.deep.equal({ code: 1, stdout: '' })
    expect(stderr).to.contain('rejected the API key')
  })
})
