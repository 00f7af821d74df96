import { Registry } from 'prom-client'
import t from 'tap'
import { addExportMetrics, type ExportMetricsParts } from '../../src/ops/export-metrics.ts'

function added(parts: Partial<ExportMetricsParts>) {
  const registry = new Registry()
  addExportMetrics({ exports: () => [], witnesses: () => [], ...parts }, [registry])
  return async () =>
    (await registry.metrics()).split('\n').filter((line) => line !== '' && !line.startsWith('#'))
}

t.test('exports are shown as they are when it is asked for', async (t) => {
  let delivered = 10
  const lines = added({
    exports: () => [
      { name: 'siem', lagEntries: 3, lagSeconds: 1.5, delivered, failures: 2 },
      { name: 'archive', lagEntries: 0, lagSeconds: 0, delivered: 0, failures: 0 },
    ],
  })
  const siem = async () => (await lines()).filter((line) => line.includes('"siem"'))
  t.same(await siem(), [
    'sallyport_export_lag_entries{export="siem"} 3',
    'sallyport_export_lag_seconds{export="siem"} 1.5',
    'sallyport_export_delivered_total{export="siem"} 10',
    'sallyport_export_failures_total{export="siem"} 2',
    'sallyport_export_drops_total{export="siem"} 0',
  ])
  delivered = 12
  t.ok((await siem()).includes('sallyport_export_delivered_total{export="siem"} 12'))
  t.equal((await lines()).length, 10)
})

t.test('witnesses are shown, too', async (t) => {
  const witness = { name: 'file-1', waiting: 1, published: 7, failures: 2, superseded: 3 }
  const lines = added({ witnesses: () => [witness] })
  t.same(await lines(), [
    'sallyport_witness_waiting{witness="file-1"} 1',
    'sallyport_witness_published_total{witness="file-1"} 7',
    'sallyport_witness_failures_total{witness="file-1"} 2',
    'sallyport_witness_superseded_total{witness="file-1"} 3',
  ])
})

t.test('without any there are no values', async (t) => {
  t.same(await added({})(), [])
})
