import t from 'tap'
import { createProgress } from '../../../src/commands/audit/progress.ts'

function draw(isTTY?: boolean) {
  const written: string[] = []
  const clock = { now: 0 }
  const stream = { isTTY, write: (text: string) => written.push(text) }
  return { written, clock, progress: createProgress(stream, () => clock.now) }
}

void t.test('a person sees how far it is, and how fast', async (t) => {
  const { written, clock, progress } = draw(true)
  clock.now = 2000
  progress.show({ bytes: 50_000_000, totalBytes: 100_000_000 })
  t.strictSame(written, ['\r[############............] 50 % 50/100 MB 25 MB/s\u001b[K'])
  clock.now = 2050
  progress.show({ bytes: 60_000_000, totalBytes: 100_000_000 })
  t.equal(written.length, 1, 'ten times a second at most')
  clock.now = 4000
  progress.show({ bytes: 120_000_000, totalBytes: 100_000_000 })
  t.match(written[1], '[########################] 100 % 120/100 MB 30 MB/s')
  progress.clear()
  t.equal(written[2], '\r\u001b[K')
})

void t.test('nobody else does', async (t) => {
  const { written, progress } = draw()
  progress.show({ bytes: 1, totalBytes: 2 })
  progress.clear()
  t.strictSame(written, [])
})

void t.test('what is not drawn is not cleared, and nothing is divided by', async (t) => {
  const { written, progress } = draw(true)
  progress.clear()
  t.strictSame(written, [])
  progress.show({ bytes: 0, totalBytes: 0 })
  t.match(written[0], '[........................] 0 % 0/0 MB 0 MB/s')
})

void t.test('it has a clock of its own', async (t) => {
  const written: string[] = []
  const progress = createProgress({ isTTY: true, write: (text) => written.push(text) })
  progress.show({ bytes: 1, totalBytes: 1 })
  t.equal(written.length, 1)
})
