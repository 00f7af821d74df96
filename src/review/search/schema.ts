/** Another number here has every index built anew. */
export const schemaVersion = 1

/**
 * The columns of a call that hold a number for a text: what people look for by name. Each has an index
 * of the same name, which is in the order in which calls are shown.
 */
export const nameColumns = [
  'project',
  'job',
  'person',
  'namespace',
  'workflow',
  'workflow_type',
  'method',
  'rule',
  'code',
] as const

export type NameColumn = (typeof nameColumns)[number]

/** How a call went: that it was refused, or what became of it after it was allowed. */
export const states = {
  refused: 0,
  open: 1,
  completed: 2,
  failed: 3,
  cancelled: 4,
  unknown: 5,
} as const

/**
 * One row a call, narrow, since a search may have to walk many: texts are numbers, and what a page shows is
 * read from the journal, in which `place` is the byte at which the entry's line starts. `weight` is how
 * many calls a row stands for. An index on a text leaves out the rows without it; the one on time has all
 * that totals are made of.
 */
const calls = `
  CREATE TABLE calls (
    seq INTEGER PRIMARY KEY,
    time INTEGER NOT NULL,
    state INTEGER NOT NULL,
    weight INTEGER NOT NULL,
    place INTEGER NOT NULL,
    completion_seq INTEGER,
    completion_place INTEGER,
    ${nameColumns.map((column) => `${column} INTEGER`).join(',\n    ')},
    decision_id TEXT
  ) STRICT;
  CREATE INDEX calls_time ON calls (state, time, weight, project, code);
  CREATE INDEX calls_decision ON calls (decision_id) WHERE decision_id IS NOT NULL;
  CREATE INDEX calls_completion ON calls (completion_seq) WHERE completion_seq IS NOT NULL;
  ${nameColumns.map((column) => indexOn(column)).join('\n  ')}
`

function indexOn(column: NameColumn): string {
  // Only rows without any other text may stand for more than one call.
  const columns = `${column}, state, time${column === 'code' ? ', weight' : ''}`
  return `CREATE INDEX calls_${column} ON calls (${columns}) WHERE ${column} IS NOT NULL;`
}

/** `also` is a second text by which the same thing is found: a project's or a person's id. */
const names = `
  CREATE TABLE names (
    id INTEGER PRIMARY KEY,
    kind INTEGER NOT NULL,
    text TEXT NOT NULL,
    also TEXT NOT NULL
  ) STRICT;
  CREATE UNIQUE INDEX names_text ON names (kind, text, also);
  CREATE INDEX names_also ON names (kind, also) WHERE also <> '';
`

/**
 * Spans are runs of entries in one segment, with the first and the last time among them: enough to find
 * the entries of a period without an index over all. Progress is the last entry that is in the index, and
 * where the line behind it starts. Faults are what was not as it was written when it was read.
 */
const others = `
  CREATE TABLE identities (
    token TEXT NOT NULL,
    seq INTEGER NOT NULL,
    place INTEGER NOT NULL,
    PRIMARY KEY (token, seq)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE sign_offs (seq INTEGER PRIMARY KEY, place INTEGER NOT NULL) STRICT;
  CREATE TABLE spans (
    first_seq INTEGER PRIMARY KEY,
    last_seq INTEGER NOT NULL,
    place INTEGER NOT NULL,
    bytes INTEGER NOT NULL,
    time_min INTEGER NOT NULL,
    time_max INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE progress (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    seq INTEGER NOT NULL,
    digest TEXT NOT NULL,
    next_place INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE faults (id INTEGER PRIMARY KEY, why TEXT NOT NULL) STRICT;
`

/** Makes an empty index. */
export const schema = `${calls}${names}${others}PRAGMA user_version = ${schemaVersion};`
