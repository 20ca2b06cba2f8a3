import { expect } from 'chai'
import { rulesOfFile } from '../../../lib/permissions/rules/file-rules.ts'

const BOUNDS = { directory: '/home/ada/project', home: '/home/ada', readable: [] }

describe('The rules of one file', () => {
  it('allow only changes of it, whatever its name is', () => {
    expect(rulesOfFile(BOUNDS, '/home/ada/project/src/a[1].ts')).to.deep.equal([
      'Edit(src/a\\[1\\].ts)',
      'Write(src/a\\[1\\].ts)',
    ])
  })

  it('do not exist for a file outside the project', () => {
    expect(rulesOfFile(BOUNDS, '/home/ada/other')).to.deep.equal([])
    expect(rulesOfFile(BOUNDS, '/home/ada/project')).to.deep.equal([])
  })
})
