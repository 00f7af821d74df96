import { readFile } from 'node:fs/promises'

/** One instruction of a Dockerfile: `COPY` and the rest of its line, continuation lines joined. */
interface Instruction {
  readonly name: string
  readonly text: string
}

interface Stage {
  readonly image: string
  readonly instructions: readonly Instruction[]
}

/** The stages of the project's Dockerfile: first the one that builds, then the one that ships. */
export async function readDockerfile(): Promise<{ build: Stage; runtime: Stage }> {
  const file = new URL('../../Dockerfile', import.meta.url)
  const lines = (await readFile(file, 'utf8')).replaceAll(/^#.*\n/gm, '').replaceAll('\\\n', ' ')
  const stages: { image: string; instructions: Instruction[] }[] = []
  for (const line of lines.split('\n').filter((text) => text.trim() !== '')) {
    const [name = '', ...words] = line.trim().split(/\s+/)
    if (name === 'FROM') stages.push({ image: words[0]!, instructions: [] })
    else stages.at(-1)!.instructions.push({ name, text: words.join(' ') })
  }
  const [build, runtime] = stages
  if (!build || !runtime || stages.length > 2) throw new Error('the Dockerfile has two stages')
  return { build, runtime }
}

/** The texts of a stage's instructions of one name. */
export function textsOf(stage: Stage, name: string): string[] {
  return stage.instructions.filter((one) => one.name === name).map((one) => one.text)
}

/** What a stage copies out of the checkout, and where each goes below its working directory. */
export function copiesOf(stage: Stage): { source: string; target: string }[] {
  return textsOf(stage, 'COPY')
    .filter((text) => !text.startsWith('--from'))
    .flatMap((text) => {
      const words = text.split(' ').map((word) => word.replace(/^\.\/$/, ''))
      const target = words.at(-1)!
      return words.slice(0, -1).map((source) => ({
        source: source.replace(/\/$/, ''),
        target: source.endsWith('/') ? target : `${target}${source.split('/').at(-1)}`,
      }))
    })
}
