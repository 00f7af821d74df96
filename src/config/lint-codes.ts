interface LintRow {
  /** An error keeps the file from being used; a warning does not. */
  readonly severity: 'error' | 'warning'
  /** What is wrong, in general. */
  readonly what: string
  /** What to do about it. */
  readonly fix: string
}

/**
 * Everything that a check of the files can find, by a code that stays. `docs/lint.md` explains each
 * with the same words and why it matters, and a house test compares the two.
 */
export const lintCodes = {
  'file-unreadable': error(
    'A file cannot be read, or is empty.',
    'Check the path, and who may read it.',
  ),
  'yaml-syntax': error('The file is not valid YAML 1.2.', 'Mend the syntax at the place named.'),
  'yaml-duplicate-key': error('A key occurs twice in one mapping.', 'Keep one of them.'),
  'yaml-alias': error('The aliases cannot be resolved.', 'Write out what they stand for.'),
  'environment-unset': error(
    'An environment variable that the file names is not set.',
    'Set it, or write the value.',
  ),
  'key-unknown': error(
    'A key is not one that is known here.',
    'Correct the spelling, or take it out.',
  ),
  'key-missing': error('A key that is needed is missing.', 'Add it.'),
  'value-invalid': error(
    'A value is not of the form that its key takes.',
    'Write what the message says.',
  ),
  'transport-choice': error('A side has both tls and plaintext, or neither.', 'Keep exactly one.'),
  'mutual-tls-incomplete': error(
    'Only one of cert_file and key_file is there.',
    'Write both, or neither.',
  ),
  'credential-in-clear': error(
    'A credential would cross the network in clear.',
    'Use tls for the upstream.',
  ),
  'keys-ambiguous': error('An issuer has both jwks_uri and jwks_file.', 'Keep one of them.'),
  'issuer-duplicate': error('Two issuers have the same url.', 'Keep one, or correct the url.'),
  'issuer-unknown': error(
    'A rule or denial names an issuer that the service file does not have.',
    'Write the name of one under issuers.',
  ),
  'login-issuer-unknown': error(
    'The login of the review page names an issuer that the service file does not have.',
    'Write the name of one under issuers.',
  ),
  'login-audience-shared': error(
    'The client id of the login is also the audience of an issuer.',
    'Register an application for the login, and write its id.',
  ),
  'name-duplicate': error(
    'Two rules, denials or tests have the same name.',
    'Give each a name of its own.',
  ),
  'claim-unknown': error('A claim is not one that the issuer signs.', 'Correct the spelling.'),
  'claim-ignored': error(
    'A claim is signed but can never be tested.',
    'Test another claim, such as project_id.',
  ),
  'claim-value-empty': error(
    'A value to match is empty.',
    'Write the value that the claim must have.',
  ),
  'pattern-in-value': error(
    'A literal value has a *, which would be compared as it stands.',
    'Write { glob: … }, or the exact value.',
  ),
  'pattern-in-id': error('An id is matched by a pattern.', 'List the exact ids with any_of.'),
  'semver-invalid': error(
    'A semver test is not a range of versions.',
    'Write one such as ">=1.0.0 <2".',
  ),
  'tenant-unpinned': error(
    'A rule for a shared issuer names no tenant.',
    'Pin project_id or namespace_id, or use under on project_path or namespace_path.',
  ),
  'user-only': error(
    'A rule for jobs tests nothing but user_* claims.',
    'Pin the project, with project_id.',
  ),
  'ref-without-type': error(
    'A rule tests ref without ref_type.',
    'Add ref_type: branch or ref_type: tag, or test ref_path.',
  ),
  'role-unknown': error(
    'A role, or a part of one, is neither a role nor a verb.',
    'Correct the spelling, or define it under roles.',
  ),
  'role-circular': error(
    'A custom role leads back to itself.',
    'Take the part out that leads back.',
  ),
  'role-shadows': error('A custom role has the name of a built-in one.', 'Choose another name.'),
  'grant-scope': error(
    'A grant is over no one thing.',
    'Write exactly one of namespace, cluster: true and audit: review.',
  ),
  'grant-section': error(
    'A grant of audit: review is not under people.',
    'Move the rule to people.',
  ),
  'grant-empty': error(
    'A role has no verb that counts over what the grant is over.',
    'Choose another role, or another scope.',
  ),
  'narrowing-useless': error('A grant over the cluster is narrowed.', 'Leave the narrowing out.'),
  'namespace-pattern': error(
    'A namespace is written as a pattern.',
    'Write one namespace, or {claim} for a claim that the rule pins.',
  ),
  'namespace-unpinned': error(
    'A namespace names a claim that the rule does not pin.',
    'Pin the claim to exact values in match, or write the namespace out.',
  ),

  'value-impossible': warning(
    'No token carries this value.',
    'Write the value as the issuer signs it.',
  ),
  'value-changed': warning(
    'YAML reads the value as another one than is written.',
    'Put it in quotes, or write true or false in lower case.',
  ),
  'match-never': warning('The operators on a claim exclude each other.', 'Take one of them out.'),
  'project-unnamed': warning(
    'A rule names no project and no group.',
    'Pin project_id or namespace_id.',
  ),
  'path-without-id': warning(
    'A name that can change hands is matched without the id of who has it.',
    'Pin the id beside it, with project_id, namespace_id or user_id.',
  ),
  'environment-unprotected': warning(
    'A rule tests environment without environment_protected.',
    'Add environment_protected: true.',
  ),
  'write-unprotected': warning(
    'A rule changes things for unprotected refs.',
    'Add ref_protected: true, or environment_protected: true.',
  ),
  'guard-allowed': warning(
    'A rule turns a built-in guard off.',
    'Take it out of allow unless you mean exactly these identities.',
  ),
  'agent-writes': warning(
    'An AI agent may change things.',
    'Grant it viewer, or a role of its own.',
  ),
  'worker-any-queue': warning(
    'A worker may take the tasks of every queue.',
    'Narrow the grant by task_queues.',
  ),
  'role-wide': warning(
    "A role is one of Temporal's own, which are wide.",
    'Choose a role for what the job does.',
  ),
  'cluster-admin': warning(
    'A grant reaches the whole cluster.',
    'Use viewer with cluster: true, unless remote clusters and Nexus endpoints are its task.',
  ),
  'namespace-choosable': warning(
    'Whoever writes the pipeline chooses the namespace.',
    'Add ref_protected: true or environment_protected: true, or write the namespace out.',
  ),
  'verb-unreachable': warning(
    'The narrowing leaves verbs of the role without any call.',
    'Narrow by a field that their requests have, or choose a smaller role.',
  ),
  'method-unreachable': warning(
    'The narrowing leaves out a call that the role is mostly used for.',
    'Narrow by a field that its request has, or grant it apart.',
  ),
  'rule-shadowed': warning(
    'Another rule gives the same identities as much or more.',
    'Take the rule out, or make the other one narrower.',
  ),
  'rule-denied': warning(
    'A denial matches everybody whom the rule matches.',
    'Take the rule out, or make the denial narrower.',
  ),
  'role-unused': warning('A custom role is used nowhere.', 'Take it out, or grant it.'),
  'rules-none': warning(
    'No rule grants anything.',
    'Add rules; without one, every call is refused.',
  ),
  'allowance-invalid': warning(
    'A "sallyport: allow" comment says no known warning, or no reason.',
    'Write # sallyport: allow CODE because REASON.',
  ),
  'allowance-unused': warning(
    'A "sallyport: allow" comment stands above nothing that it allows.',
    'Take it out.',
  ),
} as const satisfies Record<string, LintRow>

export type LintCode = keyof typeof lintCodes

function error<W extends string, F extends string>(what: W, fix: F) {
  return { severity: 'error', what, fix } as const
}

function warning<W extends string, F extends string>(what: W, fix: F) {
  return { severity: 'warning', what, fix } as const
}
