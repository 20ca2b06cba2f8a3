import { readFileSync } from 'node:fs'
import path from 'node:path'
import { expect } from 'chai'
import fastGlob from 'fast-glob'
import { packageRoot } from '../../lib/fs/package-root.ts'

/** Files of the system have no size, and are read as they are. */
const OF_SYSTEM = ['lib/tools/process/process-tree.ts']

describe('The program', () => {
  it('resolves links and reads complete files only through lib/fs, which knows links that dangle and files without end', () => {
    const files = fastGlob.sync(['{lib,ui}/**/*.ts', 'bin/*.ts', 'bin/{commands,doctor,io}/*.ts'], {
      cwd: packageRoot(),
      ignore: ['lib/fs/**', ...OF_SYSTEM],
    })
    const found = files.filter((file) => {
      const text = readFileSync(path.join(packageRoot(), file), 'utf8')
      const imports = [...text.matchAll(/import \{([^}]*)\} from 'node:fs(?:\/promises)?'/g)]
      const names = imports.flatMap(([, list = '']) => list.split(',').map((name) => name.trim()))
      const isNamed = names.some((name) => /^(?:realpath|readFile)(?:Sync)?$/.test(name))
      return isNamed || /\bfs\.(?:realpath|readFile)/.test(text)
    })
    expect(found).to.deep.equal([])
  })
})
