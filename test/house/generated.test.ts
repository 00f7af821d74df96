import { readFileSync } from 'node:fs'
import t from 'tap'
import { generatedFiles } from '../../scripts/generated-files.ts'

t.test(
  'generated files are what their sources make of them; npm run generate mends this',
  async (t) => {
    for (const { path, render } of generatedFiles) {
      t.equal(readFileSync(path, 'utf8'), render(), path.pathname)
    }
  },
)
