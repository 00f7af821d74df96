import { statSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { writeJobVariables } from '../../src/demo/job-variables.ts'
import { runCommand } from '../../src/demo/run-command.ts'
import { writeScript } from '../support/script.ts'

void t.test('a shell that reads the file is the job, and has its temporal', async (t) => {
  const directory = t.testdir()
  const file = join(directory, 'job.env')
  const cli = join(directory, "a person's tools", 'temporal')
  await writeScript(cli, 'echo "$TEMPORAL_API_KEY says $1"')
  await writeJobVariables({ file, cli, variables: { TEMPORAL_API_KEY: 'old' } })
  await writeJobVariables({ file, cli, variables: { TEMPORAL_API_KEY: "it's $HOME" } })
  t.equal(statSync(file).mode & 0o777, 0o600)
  const { lines } = await runCommand({
    file: 'sh',
    args: ['-c', `. '${file}'; temporal hello`],
    environment: { PATH: process.env['PATH'] },
    signal: new AbortController().signal,
  })
  t.same(lines, ["it's $HOME says hello"])
})
