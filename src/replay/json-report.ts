import type { FlipGroup } from './flips.ts'
import type { ReplayReportParts } from './text-report.ts'

/** The report for programs. */
export function jsonReport({ report, policyFile, policyHash }: ReplayReportParts): object {
  const { replayed, firstTime, lastTime, flips, groups, ungrouped } = report
  return {
    ok: flips === 0,
    policy: policyFile,
    policy_hash: policyHash,
    replayed,
    first_time: firstTime,
    last_time: lastTime,
    flips,
    groups: groups.map(groupOf),
    ungrouped,
    left_out: Object.fromEntries(report.leftOut),
    refused_before_policy: Object.fromEntries(report.refusedEarly),
    unreadable_lines: report.unreadable,
  }
}

function groupOf({ firstTime, lastTime, examples, ...about }: FlipGroup): object {
  return { ...about, first_time: firstTime, last_time: lastTime, examples }
}
