import t from 'tap'
import { gitlabReport } from '../../src/check-report/gitlab-report.ts'
import type { Problem } from '../../src/config/problem.ts'

const problem: Problem = {
  code: 'role-unused',
  severity: 'warning',
  file: 'config/policy.yaml',
  line: 3,
  column: 1,
  path: 'roles.a',
  message: 'is granted nowhere',
}
const parts = { texts: new Map(), notes: [], version: '0.0.0' }

void t.test(
  'a problem is an issue of a Code Quality report, with all that GitLab needs',
  async (t) => {
    const whole: Problem = {
      code: 'file-unreadable',
      severity: 'error',
      file: 'sallyport.yaml',
      path: '',
      message: 'cannot be read',
    }
    t.match(gitlabReport({ ...parts, problems: [problem, whole] }), [
      {
        description: 'roles.a: is granted nowhere',
        check_name: 'role-unused',
        content: { body: 'Take it out, or grant it.' },
        fingerprint: /^[0-9a-f]{64}$/,
        severity: 'minor',
        location: { path: 'config/policy.yaml', lines: { begin: 3 } },
      },
      {
        description: 'cannot be read',
        severity: 'critical',
        location: { path: 'sallyport.yaml', lines: { begin: 1 } },
      },
    ])
    t.same(gitlabReport({ ...parts, problems: [] }), [])
  },
)
