/** A class of OCSF, and its activities that entries are mapped to, by number. */
export interface OcsfClass {
  readonly uid: number
  readonly name: string
  readonly categoryUid: number
  readonly categoryName: string
  readonly activities: ReadonlyMap<number, string>
}

/** Version of OCSF that events are written for. <https://schema.ocsf.io/1.8.0> */
export const ocsfVersion = '1.8.0'

/** A call of an API: what calls become. */
export const apiActivity: OcsfClass = {
  uid: 6003,
  name: 'API Activity',
  categoryUid: 6,
  categoryName: 'Application Activity',
  activities: new Map([
    [0, 'Unknown'],
    [1, 'Create'],
    [2, 'Read'],
    [3, 'Update'],
    [4, 'Delete'],
    [99, 'Other'],
  ]),
}

/** Tokens that are verified or refused, and people who log in to the review page. */
export const authentication: OcsfClass = {
  uid: 3002,
  name: 'Authentication',
  categoryUid: 3,
  categoryName: 'Identity & Access Management',
  activities: new Map([
    [1, 'Logon'],
    [2, 'Logoff'],
  ]),
}

/** Things that decide who may do what: policies and keys. */
export const entityManagement: OcsfClass = {
  uid: 3004,
  name: 'Entity Management',
  categoryUid: 3,
  categoryName: 'Identity & Access Management',
  activities: new Map([
    [3, 'Update'],
    [4, 'Delete'],
    [10, 'Activate'],
  ]),
}

/** The process of Sallyport itself. */
export const applicationLifecycle: OcsfClass = {
  uid: 6002,
  name: 'Application Lifecycle',
  categoryUid: 6,
  categoryName: 'Application Activity',
  activities: new Map([
    [3, 'Start'],
    [4, 'Stop'],
    [99, 'Other'],
  ]),
}

/** The attributes that say which class and activity an event is of. */
export function classification(ocsfClass: OcsfClass, activity: number, activityName?: string) {
  const caption = ocsfClass.activities.get(activity) ?? 'Other'
  return {
    category_uid: ocsfClass.categoryUid,
    category_name: ocsfClass.categoryName,
    class_uid: ocsfClass.uid,
    class_name: ocsfClass.name,
    activity_id: activity,
    activity_name: activityName ?? caption,
    type_uid: ocsfClass.uid * 100 + activity,
    type_name: `${ocsfClass.name}: ${caption}`,
  }
}
