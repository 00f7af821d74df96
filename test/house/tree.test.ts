import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import t from 'tap'

const root = new URL('../..', import.meta.url).pathname

function filesUnder(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.[mc]?ts$/.test(entry.name))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
    .toSorted()
}

const sources = filesUnder('src')
const tests = filesUnder('test')
const scripts = filesUnder('scripts')
const generated = new Set(['src/temporal/request-shapes.ts'])
const text = (file: string) => readFileSync(join(root, file), 'utf8')

/** Files that a file imports, relative to the root; packages and node: as they are. */
function importsOf(file: string): { name: string; isType: boolean }[] {
  const pattern = /^(?:import|export)\s+(type\s+)?[^'";]*?from\s+'([^']+)'|import\('([^']+)'\)/gms
  return [...text(file).matchAll(pattern)].map(([, type, static_, dynamic]) => {
    const name = static_ ?? dynamic ?? ''
    const isType = type !== undefined
    if (!name.startsWith('.')) return { name, isType }
    return { name: relative(root, join(root, file, '..', name)), isType }
  })
}

t.test('no file is longer than 300 lines, and the median is under 100', async (t) => {
  const lengths = sources.map((file) => text(file).split('\n').length)
  for (const [index, file] of sources.entries()) {
    if (!generated.has(file))
      t.ok((lengths[index] ?? 0) <= 300, `${file} has ${lengths[index]} lines`)
  }
  for (const file of [...tests, ...scripts]) {
    const length = text(file).split('\n').length
    t.ok(length <= 500, `${file} has ${length} lines`)
  }
  const median = lengths.toSorted((a, b) => a - b)[Math.floor(lengths.length / 2)] ?? 0
  t.ok(median < 100, `the median is ${median}`)
})

t.test('the files that everything passes through stay short enough to read at once', async (t) => {
  t.ok(text('src/proxy.ts').split('\n').length <= 90)
  t.ok(text('src/service.ts').split('\n').length <= 160)
})

t.test('names say what is in a file: no drawers, no barrels, no default exports', async (t) => {
  for (const file of [...sources, ...tests, ...scripts]) {
    t.notMatch(file, /(^|\/)(utils?|helpers?|common|misc|types|index)(\.|\/)/, file)
    t.notMatch(text(file), /^export (default|\*)/m, `${file} exports by name only`)
  }
})

t.test('dependencies point inwards', async (t) => {
  const verbs = new Set(['listen', 'identify', 'forward', 'record', 'ops', 'config'])
  // Nouns that live beside a verb because they are its own: settings, and the claims that an issuer signs.
  const shared = /^src\/(core|temporal)\/|^src\/log\.ts$|^src\/config\/(audit-)?settings\.ts$/
  // HTTP/2 as a package of its own: it knows nothing of the rest.
  const wire = /^src\/wire\//
  const exceptions = new Set(['src/config/load.ts -> src/identify/claims/gitlab.ts'])
  for (const file of sources) {
    const folder = file.split('/')[1] ?? ''
    for (const { name } of importsOf(file)) {
      const edge = `${file} -> ${name}`
      if (folder === 'core') {
        t.match(name, /^src\/core\//, edge)
      } else if (folder === 'wire') {
        t.ok(wire.test(name) || name.startsWith('node:'), edge)
      } else if (folder === 'temporal') {
        t.match(name, /^src\/(core|temporal)\//, edge)
      } else if (verbs.has(folder) && name.startsWith('src/')) {
        const allowed =
          name.startsWith(`src/${folder}/`) ||
          shared.test(name) ||
          exceptions.has(edge) ||
          (['listen', 'forward'].includes(folder) && wire.test(name))
        t.ok(allowed, edge)
      }
    }
  }
})

t.test('core/ has no clock, no promise and no console', async (t) => {
  for (const file of sources.filter((name) => /^src\/(core|temporal)\//.test(name))) {
    const code = text(file).replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '')
    t.notMatch(
      code,
      /Date\.now|new Date\(\)|Promise|async |setTimeout|Math\.random|console\./,
      file,
    )
  }
})

t.test('only the commands and main.ts touch process', async (t) => {
  for (const file of sources) {
    if (file === 'src/main.ts' || /^src\/(commands|demo)\//.test(file)) continue
    const code = text(file).replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '')
    t.notMatch(code, /(^|[^.\w])process\./m, file)
  }
})

t.test('a grant is made in one place only', async (t) => {
  for (const file of sources) {
    if (file === 'src/core/decision.ts') continue
    t.notMatch(text(file), /as (unknown as )?Grant\b|new Grant\(/, file)
  }
})

t.test('every source with behaviour has a test of the same name', async (t) => {
  const typesOnly = (file: string) =>
    !/^(export )?(async )?(function|const|class|let)\b/m.test(text(file))
  for (const file of sources) {
    if (generated.has(file) || typesOnly(file)) continue
    // Run by the demo's test as a whole: workflow code runs in a sandbox of its own.
    if (file.startsWith('src/demo/')) continue
    const mirror = file.replace(/^src\//, 'test/').replace(/\.ts$/, '.test.ts')
    t.ok(tests.includes(mirror), `${mirror} is there for ${file}`)
  }
})

t.test('every export of a source says what it is', async (t) => {
  for (const file of sources.filter((name) => !generated.has(name))) {
    const lines = text(file).split('\n')
    for (const [index, line] of lines.entries()) {
      if (!/^export (async )?(function|class)\b/.test(line)) continue
      const above = lines[index - 1] ?? ''
      t.ok(above.trim().endsWith('*/'), `${file}:${index + 1} ${line}`)
    }
  }
})
