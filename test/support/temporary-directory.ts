// macOS names its directory for temporary files by a link (/var), and the program reports paths without links.
import { realpathSync } from 'node:fs'
import { tmpdir } from 'node:os'

process.env['TMPDIR'] = realpathSync(tmpdir())
