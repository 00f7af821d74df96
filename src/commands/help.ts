import type { Terminal } from './terminal.ts'

const usage = `Sallyport: an identity-aware proxy between CI and the Temporal frontend.

usage: sallyport COMMAND [OPTIONS]

  serve   [--config F]                        run the proxy; F is sallyport.yaml unless given
  check   [--config F] [--policy F] [--format text|json|sarif|gitlab] [--json] [--strict]
                                              say everything that is wrong with the files
  test    [FILE] [--config F] [--policy F] [--format text|tap|junit] [--require-coverage] [--json]
                                              ask the policy about the calls of policy.test.yaml
  access  [--config F] [--policy F] [--namespace N] [--format table|csv|json|html] [--date D]
                                              who may do what, as a matrix
  replay  --policy F [--journal DIR|FILE ...] [--config F] [--since T] [--until T] [--list] [--json]
                                              recorded calls that a policy would flip
  explain [--config F] [--policy F] [--issuer I] (--claims F | --token-file F) --method M
          (--namespace N [--workflow-type T] [--task-queue Q] [--workflow-id W] [--handler H]
          | --request F) | --decision ID [--journal DIR] [--json]
                                              why a call is allowed (exit 0) or refused (1)
  audit   verify [DIR | --bundle F] [--key K ...] [--checkpoint F ...] [--from SEQ] [--json]
                                              whether the journal is whole, and signed
          tail   [DIR] [-n N] [--follow] [FILTERS] [--json]
                                              the last entries, and new ones as they come
          show   ID [DIR] [--policy F] [--config F] [--json]
                                              one call: who, what, why, and how it ended
          export [DIR] [--format native|ocsf|cloudevents|csv] [FILTERS] [--out F]
                                              entries for another system; native unless given
          bundle [DIR] --from T --to T --out F.tar.gz [--policy F ...] [--key K ...] [--json]
                                              the evidence of a period, to verify offline
          FILTERS: see docs/audit-formats.md  DIR: else that of [--config F]
  demo    [--once] [--policy F]               show it all at work on this machine, on real parts
  help                                        this text
  version                                     the version

exit codes: 0 fine, 1 found a problem, 2 wrong usage`

/** `sallyport help`. */
export async function help(_args: readonly string[], terminal: Terminal): Promise<number> {
  terminal.out(usage)
  return 0
}
