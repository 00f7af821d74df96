import t from 'tap'
import { parseAddress } from '../../src/core/address.ts'

t.test('an address is a host, without brackets, and a port', async (t) => {
  t.strictSame(parseAddress('frontend:7233'), { host: 'frontend', port: 7_233 })
  t.strictSame(parseAddress('[::1]:0'), { host: '::1', port: 0 })
})
