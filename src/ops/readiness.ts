/** One thing that must be well before calls are sent here. */
export interface ReadinessCheck {
  readonly name: string
  /** Why it is not well, or undefined when it is. */
  readonly trouble: () => string | undefined | Promise<string | undefined>
  /** Whether calls should go elsewhere while it is not well; they should unless this says otherwise. */
  readonly isVital?: () => boolean
}

export interface ReadinessReport {
  readonly ready: boolean
  readonly checks: readonly {
    readonly name: string
    readonly ready: boolean
    readonly detail?: string
  }[]
}

/** Runs every check, and names each that is not well. */
export async function readinessOf(checks: readonly ReadinessCheck[]): Promise<ReadinessReport> {
  const results = await Promise.all(
    checks.map(async ({ name, trouble, isVital }) => {
      const detail = await trouble()
      const check = detail === undefined ? { name, ready: true } : { name, ready: false, detail }
      return { check, isInTheWay: detail !== undefined && (isVital?.() ?? true) }
    }),
  )
  return {
    ready: results.every(({ isInTheWay }) => !isInTheWay),
    checks: results.map(({ check }) => check),
  }
}
