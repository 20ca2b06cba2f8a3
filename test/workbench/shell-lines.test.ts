import { expect } from 'chai'
import { withProgram } from '../support/with-program.ts'

describe('A line with an exclamation mark in the terminal', () => {
  const desk = withProgram()

  it('runs in the project without approval, and the agent reads its output unless there are two marks', async () => {
    await desk.setUp([{ text: 'It printed a sum.' }])
    const workbench = await desk.opens({ built: true }).sees('ready')
    await workbench
      .types('!echo shared $((40 + 2)) | tee sum.txt')
      .presses('enter')
      .sees(/shared 42/)
    await workbench
      .types('!!echo hidden $((50 + 3))')
      .presses('enter')
      .sees(/hidden 53/)
    await workbench.types('!').presses('enter').sees('!git status')
    expect(desk.read('sum.txt')).to.equal('shared 42\n')
    expect(desk.model.requests).to.have.lengthOf(0)
    await workbench
      .presses('ctrl+u')
      .types('What was it?')
      .presses('enter')
      .sees('It printed a sum.')
    const [request] = desk.model.requests
    expect(JSON.stringify(request?.body)).to.include('shared 42').and.not.include('hidden')
  })
})
