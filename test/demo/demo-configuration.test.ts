import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import {
  audienceIn,
  configured,
  writeDemoConfiguration,
} from '../../src/demo/demo-configuration.ts'
import { SetupFailure } from '../../src/demo/setup-failure.ts'

const serviceFile = configured('sallyport.yaml')
const policyFile = configured('policy.yaml')

void t.test('only what is replaced differs, and comments stay', async (t) => {
  const directory = t.testdir()
  const replacements = [
    { path: ['listen', 'address'], value: '127.0.0.1:1' },
    { path: ['upstream', 'tls'] },
    { path: ['upstream', 'plaintext'], value: true },
    { path: ['audit', 'checkpoints', 'witnesses', 0, 'file'], value: 'witness.txt' },
  ]
  const parts = { serviceFile, policyFile, directory, replacements }
  const file = await writeDemoConfiguration(parts)
  const before = readFileSync(serviceFile, 'utf8').split('\n')
  const after = readFileSync(file, 'utf8').split('\n')
  t.same(
    after.filter((line) => !before.includes(line)),
    [
      '  address: 127.0.0.1:1',
      '  plaintext: true',
      '  checkpoints:',
      '    witnesses:',
      '      - file: witness.txt',
    ],
  )
  t.same(
    before.filter((line) => !after.includes(line)).map((line) => line.replace(/ +#.*/, '')),
    ['  address: 0.0.0.0:7443', '    ca_file: ca.crt'],
  )
  t.equal(readFileSync(join(directory, 'policy.yaml'), 'utf8'), readFileSync(policyFile, 'utf8'))
})

void t.test('the audience is the one that operators wrote', async (t) => {
  t.equal(await audienceIn(serviceFile), 'https://sallyport.acme.example')
})

void t.test('a policy that is not there is named', async (t) => {
  const parts = { serviceFile, policyFile: '/no/policy.yaml', directory: t.testdir() }
  await t.rejects(
    writeDemoConfiguration({ ...parts, replacements: [] }),
    new SetupFailure('The policy /no/policy.yaml cannot be read (ENOENT).'),
  )
})
