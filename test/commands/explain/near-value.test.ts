import t from 'tap'
import { nearMiss } from '../../../src/commands/explain/near-value.ts'

void t.test('a value that only looks like what is wanted is told what it lacks', async (t) => {
  t.match(nearMiss('Main', ['develop', 'main']), /differs from main in case only/)
  t.match(nearMiss('Ledger-7', ['ledger-*']), /differs from ledger-\* in case only/)
  t.match(nearMiss('main ', ['main']), /differs from main in spaces only/)
  t.match(nearMiss('main', ['refs/heads/main']), /is not refs\/heads\/main: .* short name/)
  t.match(nearMiss('refs/tags/v1', ['v1']), /is not v1/)
  t.match(nearMiss('48210378', ['48210377']), /did you mean 48210377\?/)
  t.match(nearMiss('devlop', ['develop']), /did you mean develop\?/)
})

void t.test('a value that means something else is left alone', async (t) => {
  t.equal(nearMiss('acme/ledger-workers', ['acme/ledger-runtime']), undefined)
  t.equal(nearMiss('v1', ['v2']), undefined)
  t.equal(nearMiss('', ['main']), undefined)
  t.equal(nearMiss('ledgers', ['ledger-*']), undefined)
})
