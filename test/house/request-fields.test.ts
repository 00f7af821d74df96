import t from 'tap'
import { requestFields } from '../../scripts/request-fields.ts'
import { dataTypes, unreadFields } from '../../scripts/unread-fields.ts'
import { compileGlob } from '../../src/core/glob.ts'

const unread = requestFields().filter((field) => !field.isRead)
const named = unread.filter(({ type }) => type === undefined || !(type in dataTypes))
const patterns = unreadFields.flatMap(({ fields }) => fields)

t.test('every field of every request is read, or there is a reason not to', async (t) => {
  const matchers = patterns.map(compileGlob)
  for (const { path } of named) {
    if (matchers.some((matches) => matches(path))) continue
    t.fail(`${path} is new: read it in scripts/read-paths.ts, or say why not in unread-fields.ts`)
  }
  t.ok(named.length > 1000, 'the walk reached the fields below the top level')
})

t.test('no reason is left for fields that are gone or read by now', async (t) => {
  for (const pattern of patterns) {
    const matches = compileGlob(pattern)
    t.ok(
      named.some(({ path }) => matches(path)),
      `${pattern} in scripts/unread-fields.ts matches no unread field: remove it`,
    )
  }
  t.equal(new Set(patterns).size, patterns.length, 'each pattern is there once')
  const types = new Set(unread.map(({ type }) => type))
  for (const type of Object.keys(dataTypes)) t.ok(types.has(type), `${type} is still used`)
})

t.test('the reasons stay apart from what names something, wherever it stands', async (t) => {
  const naming = /\/(namespace|workflow_id|workflow_type\/name|task_queue\/name|signal_name)$/
  // Of what is acted on; links are shown, and a Nexus endpoint is the cluster's administrators' own.
  const exceptions = /\/links\/|^(Create|Update)NexusEndpoint\/|\/execution_filter\//
  const unseen = unread.map(({ path }) => path).filter((path) => naming.test(path))
  t.same(
    unseen.filter((path) => !exceptions.test(path)),
    [],
  )
})
