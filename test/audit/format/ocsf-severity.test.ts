import t from 'tap'
import { severityOf } from '../../../src/audit/format/ocsf-severity.ts'
import { sampleEntries as samples } from '../../support/sample-entries.ts'

t.test('severity rises with what somebody should look at', async (t) => {
  const rows: [object, string][] = [
    [samples.allowed, 'Informational'],
    [samples.completed, 'Informational'],
    [samples.checkpoint, 'Informational'],
    [samples.stop, 'Informational'],
    [samples.policy, 'Informational'],
    [{ ...samples.start, repaired_bytes: 0, closed_calls: 0 }, 'Informational'],
    [samples.start, 'Low'],
    [samples.refused, 'Low'],
    [samples.refusals, 'Low'],
    [samples.failed, 'Low'],
    [samples.unknown, 'Low'],
    [samples.loginRefused, 'Low'],
    [samples.issuerKeys, 'Low'],
    [samples.signingKey, 'Low'],
    [samples.retention, 'Low'],
    [{ kind: 'decision', outcome: 'refused' }, 'Low'],
    [samples.unverified, 'Medium'],
    [samples.policyRefused, 'Medium'],
    [samples.issuerFailed, 'Medium'],
    [{ ...samples.refused, code: 'guard_agents' }, 'Medium'],
    [{ ...samples.refused, code: 'credential_in_payload' }, 'High'],
    [{ ...samples.refused, code: 'audit_unavailable' }, 'High'],
    [samples.unwritable, 'High'],
  ]
  for (const [entry, severity] of rows) {
    t.equal(severityOf(entry as never).severity, severity, JSON.stringify(entry))
  }
})
