import { printable } from '../../identify/printable.ts'
import type { Account, RuleAccount } from './account.ts'
import { needWords, shown } from './fact.ts'
import type { ReportParts } from './json-report.ts'
import type { Place } from './policy-places.ts'

/** Colours a text, or leaves it as it is. */
export type Paint = (colour: 'green' | 'red' | 'yellow' | 'dim' | 'bold', text: string) => string

/** Rules that are shown line by line; the others in a line each, up to a limit. */
const fullMax = 2
const briefMax = 8

/** Longest account of what was recorded, in characters. */
const thenLengthMax = 1000

/** An explanation for a person: the verdict first, then why, then what would change it. */
export function textReport(parts: ReportParts, paint: Paint): string {
  const { account, method } = parts
  const { needs, notes, changes, considered } = account
  const name = method?.name ?? 'an RPC that this version does not know'
  const call = `${name}${needs.length > 0 ? `, which needs ${needs.map(needWords).join(' and ')}` : ''}`
  return [
    verdict(account, paint),
    `  call    ${call}`,
    ...callerLines(parts),
    ...recordedLines(parts),
    ...reasonLines(account),
    ...ruleLines(account, paint),
    ...section(
      'worth noting',
      notes.map(({ message }) => [`${paint('yellow', '!')} ${message}`]),
    ),
    ...section(
      'what would change it',
      changes.map((change) => [
        change.message,
        ...(change.write === undefined ? [] : writeLines(change.place, change.write, paint)),
        ...(change.write === undefined && change.place ? [`  at ${placeWords(change.place)}`] : []),
      ]),
    ),
    ...(considered.length > 0
      ? ['', paint('dim', `policy ${parts.policy.file} ${parts.policy.hash}`)]
      : []),
  ].join('\n')
}

function verdict({ outcome, code, rule, role, tokenRefusal }: Account, paint: Paint): string {
  if (outcome === 'refused') return paint('red', `refused: ${code}`)
  const by = rule === undefined ? '' : ` by the rule ${rule} (${role})`
  const allowed = paint('green', `allowed${by}`)
  return tokenRefusal ? `${allowed}, but not with this token: ${tokenRefusal.code}` : allowed
}

function callerLines({ account: { identity, tokenRefusal }, isUnverified }: ReportParts): string[] {
  const lines = identity
    ? [`  caller  ${shown(identity.principal)} (${identity.kind} of ${identity.issuer})`]
    : []
  if (isUnverified) lines.push('  token   not verified: nobody checked its signature')
  if (tokenRefusal) {
    lines.push(
      `          this one would be refused as ${tokenRefusal.code}: ${tokenRefusal.detail}`,
    )
  }
  return lines
}

function recordedLines({ recorded }: ReportParts): string[] {
  if (recorded === undefined) return []
  const { decisionId, time, outcome, code, rule, detail, completion } = recorded
  const how = [outcome, code && `(${code})`, rule && `by the rule ${rule}`]
    .filter(Boolean)
    .join(' ')
  const end = completion ? `, and the call ${completion}` : ''
  const then = `${decisionId} at ${time}: ${how}${end}${detail ? `: ${detail}` : ''}`
  return [
    // Whoever can write to the journal could write to a terminal by it.
    `  then    ${printable(then, thenLengthMax)}`,
    '  now     the verdict above is that of the policy given',
  ]
}

function reasonLines({ outcome, reasons, considered }: Account): string[] {
  // The rules below say the rest of it.
  const shownReasons =
    outcome === 'allowed' || considered.length === 0 ? reasons : reasons.slice(0, 1)
  return ['', ...shownReasons.map(({ message }) => message)]
}

function ruleLines({ outcome, matching, considered }: Account, paint: Paint): string[] {
  const isAllowed = outcome === 'allowed'
  const told = isAllowed ? considered.filter(({ name }) => matching.includes(name)) : considered
  const full = told.slice(0, fullMax).flatMap((rule) => fullRule(rule, paint))
  const brief = told.slice(fullMax, fullMax + briefMax).map(briefRule)
  const rest = told.length - fullMax - briefMax
  return [
    ...full,
    ...(brief.length > 0 ? ['', 'further rules, the nearest first:', ...brief] : []),
    ...(rest > 0 ? [`  and ${rest} more; --json has the nearest 20`] : []),
  ]
}

function fullRule({ name, place, facts, applies }: RuleAccount, paint: Paint): string[] {
  const title = `rule ${name}${applies ? ', which is about this caller' : ''}`
  return [
    '',
    `${paint('bold', title)}${place ? paint('dim', `  ${placeWords(place)}`) : ''}`,
    ...facts.map(({ holds, message, place: at }) => {
      const mark = holds ? paint('green', 'yes') : paint('red', ' no')
      return `  ${mark}  ${message}${!holds && at ? paint('dim', `  ${placeWords(at)}`) : ''}`
    }),
  ]
}

function briefRule({ name, facts }: RuleAccount): string {
  const faults = facts.filter(({ holds }) => !holds)
  const claims = faults.flatMap(({ claim }) => claim ?? [])
  const others = faults.filter(({ claim }) => claim === undefined).map(({ about }) => about)
  return `  ${name}: ${[...new Set([...claims, ...others])].join(', ') || 'everything fits'}`
}

function section(title: string, items: readonly (readonly string[])[]): string[] {
  if (items.length === 0) return []
  return ['', `${title}:`, ...items.flatMap((lines) => lines.map((line) => `  ${line}`))]
}

function writeLines(place: Place | undefined, write: string, paint: Paint): string[] {
  const where = place ? `  at ${placeWords(place)} write` : undefined
  const lines = write.split('\n').map((line) => `      ${paint('bold', line)}`)
  return where === undefined ? lines : [where, ...lines]
}

function placeWords({ file, line, column }: Place): string {
  return `${file}:${line}:${column}`
}
