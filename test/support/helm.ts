import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseAllDocuments } from 'yaml'
import { lastWords, root, runOutsideTap } from './outside-tap.ts'

/** A Kubernetes object. Tests reach into it by name; what is not there is undefined. */
// oxlint-disable-next-line typescript/no-explicit-any -- kubeconform, not the compiler, knows its shape
export type KubeObject = any

export const chart = join(root, 'helm/sallyport')

/** helm and kubeconform, from the cache. */
interface KubeTools {
  readonly helm: (...args: readonly string[]) => Promise<string>
  /** What helm makes of the chart with these values files and `--set` arguments. */
  readonly render: (files: readonly string[], ...sets: readonly string[]) => Promise<Rendering>
  /** Rejects unless every object fits the schema of its kind, with no unknown field. */
  readonly conform: (manifest: string) => Promise<void>
}

interface Rendering {
  readonly manifest: string
  readonly objects: readonly KubeObject[]
  /** The object of a kind, and of a name where there are several. */
  readonly find: (kind: string, name?: string) => KubeObject
}

/** Installs the tools where they are missing, or says why that cannot be done here. */
export async function findKubeTools(): Promise<{ tools: KubeTools; missing: string | false }> {
  const installed = await runOutsideTap(root, 'scripts/install-kube-tools.sh').then(
    ({ stdout }) => ({ cache: stdout.trim(), missing: false as const }),
    (error: Error) => ({ cache: '', missing: lastWords(error) }),
  )
  return { tools: createKubeTools(installed.cache), missing: installed.missing }
}

function createKubeTools(cache: string): KubeTools {
  const schemas = `${cache}/kube-schemas/current/{{.ResourceKind}}{{.KindSuffix}}.json`

  const helm = async (...args: readonly string[]): Promise<string> =>
    (await runOutsideTap(root, `${cache}/bin/helm`, ...args)).stdout

  return {
    helm,
    async render(files, ...sets) {
      const values = files.flatMap((file) => ['--values', file])
      const place = ['--namespace', 'ci', 'sallyport', chart]
      const manifest = await helm('template', ...place, ...values, ...sets)
      const objects: KubeObject[] = parseAllDocuments(manifest).map((one) => one.toJS())
      const find = (kind: string, name?: string): KubeObject =>
        objects.find((one) => one.kind === kind && (!name || one.metadata.name === name))
      return { manifest, objects, find }
    },
    async conform(manifest) {
      const directory = await mkdtemp(join(tmpdir(), 'sallyport-manifest-'))
      const file = join(directory, 'manifest.yaml')
      await writeFile(file, manifest)
      const options = ['-strict', '-verbose', '-schema-location', schemas]
      try {
        await runOutsideTap(root, `${cache}/bin/kubeconform`, ...options, file).catch(
          (error: { stdout: string }) => Promise.reject(new Error(error.stdout)),
        )
      } finally {
        await rm(directory, { recursive: true })
      }
    },
  }
}
