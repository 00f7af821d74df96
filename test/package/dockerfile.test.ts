import { readFile } from 'node:fs/promises'
import t from 'tap'
import { copiesOf, readDockerfile, textsOf } from '../support/dockerfile.ts'
import { lastWords, root, runOutsideTap } from '../support/outside-tap.ts'

const { build, runtime } = await readDockerfile()

const hadolint = await runOutsideTap(root, 'scripts/install-hadolint.sh').then(
  ({ stdout }) => ({ path: stdout.trim(), missing: false as const }),
  (error: Error) => ({ path: '', missing: lastWords(error) }),
)

void t.test('hadolint finds nothing', { skip: hadolint.missing }, async (t) => {
  const found = await runOutsideTap(root, hadolint.path, '--format', 'json', 'Dockerfile').catch(
    (error: { stdout: string }) => error,
  )
  t.same(JSON.parse(found.stdout), [])
})

void t.test('the build is given what the Dockerfile copies, and nothing else', async (t) => {
  const lines = (await readFile(`${root}.dockerignore`, 'utf8'))
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
  const copied = copiesOf(build).map(({ source }) => `!${source}`)
  t.equal(lines[0], '*')
  t.same(lines.slice(1).sort(), copied.sort())
})

void t.test('what ships is the assembled tree, and nothing else', async (t) => {
  t.equal(textsOf(build, 'RUN').at(-1), 'sh scripts/assemble-image-tree.sh /image')
  t.same(textsOf(runtime, 'COPY'), ['--from=build /image/ ./'])
  t.same(textsOf(runtime, 'ADD'), [])
  t.same(textsOf(runtime, 'RUN'), [])
})

void t.test(
  'both stages have the major version of Node.js that package.json asks for',
  async (t) => {
    const { engines } = JSON.parse(await readFile(`${root}package.json`, 'utf8'))
    const major = /^>=(\d+)$/.exec(engines.node)?.[1]
    t.match(build.image, `node:${major}-`)
    t.match(runtime.image, `/nodejs${major}-`)
    t.match(runtime.image, /:nonroot$/)
  },
)

void t.test('the process is no root, hears SIGTERM, and says which ports it has', async (t) => {
  t.same(textsOf(runtime, 'USER'), ['65532:65532'])
  t.same(textsOf(runtime, 'STOPSIGNAL'), ['SIGTERM'])
  t.same(textsOf(runtime, 'EXPOSE'), ['7443 9443'])
  t.same(textsOf(runtime, 'WORKDIR'), ['/app'])
})

void t.test('Node is told what the first line of the program has it told', async (t) => {
  const [first = ''] = (await readFile(`${root}src/main.ts`, 'utf8')).split('\n')
  const flags = first.split(' ').filter((word) => word.startsWith('--'))
  t.equal(flags.length, 1)
  const [entry = '[]'] = textsOf(runtime, 'ENTRYPOINT')
  t.same(JSON.parse(entry), ['/nodejs/bin/node', ...flags, '/app/dist/main.js'])
})

void t.test('secrets have no way in at build time', async (t) => {
  for (const stage of [build, runtime]) {
    t.same(textsOf(stage, 'ARG'), [])
    t.same(
      textsOf(stage, 'ENV').filter((text) => text !== 'NODE_ENV=production'),
      [],
    )
  }
})
