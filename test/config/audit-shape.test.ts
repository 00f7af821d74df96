import t from 'tap'
import { auditShape, reviewShape } from '../../src/config/audit-shape.ts'
import { contentOf, shapeProblems } from '../support/config-text.ts'

void t.test('a directory is all that has to be said', async (t) => {
  t.strictSame(contentOf('directory: audit', auditShape).content, {
    directory: 'audit',
    durability: 'synced',
    levels: { read: 'both', work: 'both' },
    segments: { size_max: '128MiB', age_max: '24h' },
    checkpoints: { interval: '5s', witnesses: [] },
    exports: {},
  })
  t.strictSame(contentOf('{}', reviewShape).content, {})
})

void t.test('everything can be said', async (t) => {
  const { content } = contentOf(
    `directory: audit
durability: buffered
levels: { work: completion }
segments: { age_max: 1h }
retention: 400d
checkpoints:
  key_file: audit.key
  origin: audit.acme.example/sallyport-0
  witnesses: [{ file: w }, { webhook: "https://w.example", secret_file: s, ca_file: c }]
exports:
  out: { to: stdout }
  collector: { to: otlp, url: "http://127.0.0.1:4318/v1/logs", bearer_file: b }
  siem: { to: webhook, format: ocsf, url: "https://siem.example/in", secret_file: s }
  log: { to: syslog, format: cloudevents, address: "log:6514", cert_file: c, key_file: k }
`,
    auditShape,
  )
  t.match(content, {
    levels: { read: 'both', work: 'completion' },
    segments: { size_max: '128MiB', age_max: '1h' },
    checkpoints: { interval: '5s', witnesses: [{ file: 'w' }, { webhook: 'https://w.example' }] },
    exports: { out: { format: 'native' }, siem: { format: 'ocsf' }, log: { to: 'syslog' } },
  })
})

const kinds = 'has no kind that is known; write to: stdout, otlp, webhook or syslog'

/** What stands below the directory, and the problems that come of it. */
const cases: readonly [text: string, ...lines: string[]][] = [
  ['export: {}', 'f:2:1 export: is not a key that is known; did you mean exports? [key-unknown]'],
  [
    'exports: [{ to: stdout }]',
    'f:2:10 exports: is not a mapping; write keys and values below it [value-invalid]',
  ],
  [
    'exports: { a: { to: webhok, url: "https://a", secret_file: s } }',
    `f:2:21 exports.a.to: ${kinds}; did you mean webhook? [value-invalid]`,
  ],
  ['exports: { a: { url: "https://a" } }', `f:2:15 exports.a.to: ${kinds} [key-missing]`],
  [
    'exports: { a: { to: webhook, url: "https://a", secretfile: s } }',
    'f:2:15 exports.a.secret_file: is missing; it is needed [key-missing]',
    'f:2:48 exports.a.secretfile: is not a key that is known; did you mean secret_file? [key-unknown]',
  ],
  [
    'exports: { a: { to: stdout, url: "https://a" } }',
    'f:2:29 exports.a.url: does not go with the keys beside it; take one of them out [key-unknown]',
  ],
  [
    'exports: { a: { to: stdout, format: ocfs } }',
    'f:2:37 exports.a.format: is not a format; write native, ocsf or cloudevents; did you mean ocsf? [value-invalid]',
  ],
  [
    'exports: { a: { to: otlp, url: "http://collector/v1/logs" } }',
    'f:2:32 exports.a.url: is not an https URL; write one such as https://collector.acme.example/v1/logs, without name, password, query and fragment [value-invalid]',
  ],
  [
    'exports: { a b: { to: stdout } }',
    'f:2:12 exports.a b: is not a name; use letters, digits, dots, dashes and underscores, 63 at most [value-invalid]',
  ],
  [
    'levels: { work: complete }',
    'f:2:17 levels.work: is not a level; write both or completion [value-invalid]',
  ],
  [
    'levels: { works: completion }',
    'f:2:11 levels.works: is not a key that is known; did you mean work? [key-unknown]',
  ],
  [
    'checkpoints: { witnesses: [{ fil: x }] }',
    'f:2:28 checkpoints.witnesses[0].file: is missing; it is needed [key-missing]',
    'f:2:30 checkpoints.witnesses[0].fil: is not a key that is known; did you mean file? [key-unknown]',
  ],
  [
    'checkpoints: { witnesses: [{ webhook: "https://a" }] }',
    'f:2:28 checkpoints.witnesses[0].secret_file: is missing; it is needed [key-missing]',
  ],
  [
    'checkpoints: { witnesses: [file.txt] }',
    'f:2:28 checkpoints.witnesses[0]: is not a witness; write { file: FILE } or { webhook: URL, secret_file: FILE } [value-invalid]',
  ],
  [
    'checkpoints: { origin: "a b" }',
    'f:2:24 checkpoints.origin: is not an origin; write a name without spaces and plus signs, such as audit.acme.example/sallyport-0 [value-invalid]',
  ],
  [
    'segments: { size_max: 128MB }',
    'f:2:23 segments.size_max: is not a size; write a number and a unit, such as 64KiB or 128MiB [value-invalid]',
  ],
  [
    'retention: forever',
    'f:2:12 retention: is not a duration; write a number and a unit, such as 30m or 1h [value-invalid]',
  ],
]

for (const [text, ...lines] of cases) {
  void t.test(`${text} is told what to write instead`, async (t) => {
    t.strictSame(shapeProblems(`directory: audit\n${text}`, auditShape), lines)
  })
}

void t.test('a login names its secret by a file, and a site without a path', async (t) => {
  const login =
    'issuer: gitlab, client_id: a1, client_secret_file: s, url: "https://audit.acme.example"'
  t.strictSame(shapeProblems(`login: { ${login} }`, reviewShape), [])
  t.strictSame(shapeProblems(`login: { ${login.replace('_file: s', ': s')} }`, reviewShape), [
    'f:1:8 login.client_secret_file: is missing; it is needed [key-missing]',
    'f:1:41 login.client_secret: is not a key that is known; known here: issuer, client_id, client_secret_file, url [key-unknown]',
  ])
  t.strictSame(
    shapeProblems(`login: { ${login.replace('example"', 'example/x"')} }`, reviewShape),
    [
      'f:1:69 login.url: is not the https URL of a site; write one without a path, such as https://audit.acme.example [value-invalid]',
    ],
  )
  t.strictSame(shapeProblems(`login: { ${login.replace('a1', '""')} }`, reviewShape), [
    'f:1:37 login.client_id: is empty; write the application id [value-invalid]',
  ])
})
