import { createCaller, decodeResponse } from './caller.ts'

interface Execution {
  readonly workflowId: string
  readonly runId: string
}

/** The history of every workflow of a namespace, by id and run, as the server itself hands it out. */
export async function fetchHistories(
  address: string,
  namespace: string,
): Promise<ReadonlyMap<string, Buffer>> {
  const direct = createCaller({ address })
  try {
    const list = await direct.call('ListWorkflowExecutions', { namespace, pageSize: 1000 })
    const { executions } = decodeResponse('ListWorkflowExecutions', list.message ?? Buffer.of())
    const histories = new Map<string, Buffer>()
    for (const { execution } of executions as { execution: Execution }[]) {
      const { message } = await direct.call('GetWorkflowExecutionHistory', { namespace, execution })
      histories.set(`${execution.workflowId} ${execution.runId}`, message ?? Buffer.of())
    }
    return histories
  } finally {
    direct.close()
  }
}

/** Names of the histories that hold any part of any of the tokens, decoded or not. */
export function historiesWith(
  tokens: readonly string[],
  histories: ReadonlyMap<string, Buffer>,
): string[] {
  const parts = tokens.flatMap((token) => token.split('.'))
  return [...histories.keys()].filter((name) =>
    parts.some((part) => histories.get(name)?.includes(part)),
  )
}
