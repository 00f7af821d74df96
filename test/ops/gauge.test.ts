import { Registry } from 'prom-client'
import t from 'tap'
import { registerGauge } from '../../src/ops/gauge.ts'

t.test('a gauge says what is so when it is read, not when it was made', async (t) => {
  const registry = new Registry()
  let value = 1
  registerGauge({ name: 'doors_open', help: 'Doors.', value: () => value }, [registry])
  t.match(await registry.metrics(), /^doors_open 1$/m)
  value = 2
  t.match(await registry.metrics(), /^doors_open 2$/m)
})
