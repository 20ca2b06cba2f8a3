import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { expect } from 'chai'
import { decideCall } from '../../lib/permissions/decide.ts'
import { NO_RULES, type Policy } from '../../lib/permissions/types.ts'
import { createApprovalRequest, permissionRequest } from '../../lib/session/approval-request.ts'
import { PREVIEW_FAILED } from '../../lib/session/messages/approvals.ts'
import { SYMLINK_CHANGED } from '../../lib/tools/messages/calls.ts'
import { createPlayground } from '../tools/playground.ts'

describe('The request for the approval of a call', () => {
  const ground = createPlayground()
  const { directory, home } = ground.place
  const policy: Policy = {
    mode: 'default',
    rules: NO_RULES,
    bounds: { directory, home, readable: [] },
  }
  after(() => ground.close())
  const edit = () =>
    ground.prepare('Edit', { file_path: 'a.txt', old_string: 'one', new_string: 'two' })

  it('says that there is no preview when a fault prevents it, and asks as before', async () => {
    writeFileSync(ground.path('a.txt'), 'one\n')
    const prepared = edit()
    const preview = () => Promise.reject(new RangeError('Maximum call stack size exceeded'))
    const decision = await decideCall(policy, permissionRequest(prepared))
    const expected = await createApprovalRequest(policy, prepared, decision)
    const made = await createApprovalRequest(policy, { ...prepared, preview }, decision)
    if (made.type !== 'request' || expected.type !== 'request') throw new Error('impossible')
    expect(made.request).to.deep.equal({
      ...expected.request,
      preview: { type: 'arguments', text: PREVIEW_FAILED },
    })
    expect(made.request.verdict.decision).to.equal('ask')
  })

  it('shows the emptying of a file of hundreds of thousands of lines', async () => {
    writeFileSync(ground.path('long.txt'), 'a line\n'.repeat(250_000))
    const prepared = ground.prepare('Write', { file_path: 'long.txt', content: 'b\n' })
    const decision = await decideCall(policy, permissionRequest(prepared))
    const made = await createApprovalRequest(policy, prepared, decision)
    expect(made.type === 'request' && made.request.preview).to.include({
      type: 'diff',
      removed: 250_000,
    })
  })

  it('reads no file for its preview but the one that was judged', async () => {
    const outside = path.join(path.dirname(directory), 'outside')
    mkdirSync(outside)
    writeFileSync(path.join(outside, 'a.txt'), 'one SECRET\n')
    mkdirSync(ground.path('place'))
    writeFileSync(ground.path('place/a.txt'), 'one plain\n')
    const args = { file_path: 'place/a.txt', old_string: 'one  SECRET', new_string: 'two' }
    const prepared = ground.prepare('Edit', args)
    const decision = await decideCall(policy, permissionRequest(prepared))
    renameSync(ground.path('place'), ground.path('kept'))
    symlinkSync(outside, ground.path('place'))
    // The link is gone again when it is asked whether the file may be read.
    const preview: typeof prepared.preview = async (resolved) => {
      const made = await prepared.preview(resolved)
      rmSync(ground.path('place'))
      renameSync(ground.path('kept'), ground.path('place'))
      return made
    }
    const made = await createApprovalRequest(policy, { ...prepared, preview }, decision)
    expect(made).to.deep.equal({ type: 'impossible', reason: SYMLINK_CHANGED })
  })
})
