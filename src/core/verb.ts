/** What a method does, in one word. A method may need two. Those of `clusterVerbs` concern no single namespace. */
export const namespaceVerbs = [
  'connect',
  'read',
  'start',
  'start-activity',
  'start-nexus',
  'signal',
  'update',
  'query',
  'cancel',
  'terminate',
  'reset',
  'control',
  'delete',
  'batch',
  'schedule',
  'deploy',
  'work',
  'complete',
  'tune',
  'rules',
  'namespace',
] as const

export const clusterVerbs = ['browse', 'cluster'] as const

export type Verb = (typeof namespaceVerbs)[number] | (typeof clusterVerbs)[number]
