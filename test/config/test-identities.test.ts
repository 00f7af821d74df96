import t from 'tap'
import { policyTestShape } from '../../src/config/policy-test-shape.ts'
import { createReport } from '../../src/config/report.ts'
import { readTestIdentities } from '../../src/config/test-identities.ts'
import { contentOf, linesOf } from '../support/config-text.ts'

const issuers = [{ name: 'gitlab', claims: ['project_id', 'ref', 'ref_protected'] }]

function read(identities: string) {
  const rest = 'tests: [{ name: n, identity: a, call: { method: M }, expect: allowed }]'
  const { yaml, content } = contentOf(
    `version: 1\nidentities:\n${identities}\n${rest}\n`,
    policyTestShape,
  )
  const { problems, report } = createReport(yaml)
  const sets = readTestIdentities(yaml, content.identities, { issuers, report })
  return { sets, lines: linesOf(problems) }
}

t.test('claims are text, as the file has them: ids keep their digits', async (t) => {
  const { sets, lines } = read(
    '  a: { issuer: gitlab, claims: { project_id: 0048, ref_protected: true, ref: null } }',
  )
  t.strictSame(lines, [])
  t.strictSame(sets.get('a'), {
    issuer: 'gitlab',
    kind: undefined,
    claims: new Map([
      ['project_id', '0048'],
      ['ref_protected', 'true'],
    ]),
  })
})

t.test('an identity begins with another, changes claims and drops some', async (t) => {
  const { sets, lines } = read(`  c: { from: b, kind: person, claims: { ref: other } }
  b: { from: a, without: [ref_protected], claims: { project_id: null } }
  a: { issuer: gitlab, claims: { project_id: 1, ref: main, ref_protected: true } }`)
  t.strictSame(lines, [])
  t.strictSame(sets.get('b')?.claims, new Map([['ref', 'main']]))
  t.strictSame(sets.get('c'), {
    issuer: 'gitlab',
    kind: 'person',
    claims: new Map([['ref', 'other']]),
  })
})

t.test('circles and names that lead nowhere are said, each at its place', async (t) => {
  const { lines } = read(`  a: { from: b, issuer: gitlab }
  b: { from: a, issuer: gitlab }
  c: { from: aa, issuer: gitlab }
  d: { from: constructor, issuer: gitlab }`)
  t.strictSame(lines, [
    'f:3:14 identities.a.from: leads in a circle or to nothing; begin a with another [value-invalid]',
    'f:4:14 identities.b.from: leads in a circle or to nothing; begin b with another [value-invalid]',
    'f:5:14 identities.c.from: is not an identity of this file; did you mean a? [value-invalid]',
    'f:6:14 identities.d.from: is not an identity of this file; known: a, b, c, d [value-invalid]',
  ])
})

t.test('an issuer is named, and known', async (t) => {
  const { lines } = read(`  a: {}
  b: { issuer: gitlap }
  c: { from: b, claims: { anything: 1 } }`)
  t.strictSame(lines, [
    'f:3:6 identities.a.issuer: is missing; known: gitlab [key-missing]',
    'f:4:16 identities.b.issuer: is not an issuer in the service file; did you mean gitlab? [issuer-unknown]',
  ])
})

t.test('claims that no token has, and dropping what is not there, are mistakes', async (t) => {
  const { lines } = read(`  a: { issuer: gitlab, claims: { reff: main, ref: main } }
  b: { from: a, without: [project_id] }`)
  t.strictSame(lines, [
    "f:3:40 identities.a.claims.reff: is not a claim of this issuer's tokens; did you mean ref? [claim-unknown]",
    'f:4:27 identities.b.without[0]: is no claim that b begins with; known: reff, ref [value-invalid]',
  ])
})
