// What the server answers: the shapes of /openapi.json that the page reads.

export interface Durations {
  mean: number | null;
  min: number | null;
  max: number | null;
  sum: number | null;
  stdev: number | null;
  p50: number | null;
  p90: number | null;
  p95: number | null;
  p99: number | null;
}

export interface Activity {
  name: string;
  count: number;
  cases: number;
  rework_cases: number;
  self_loops: number;
  service_s: Durations;
  waiting_s: Durations;
  sojourn_s: Durations;
}

export interface Edge {
  from: string;
  to: string;
  count: number;
  cases: number;
  overlaps: number;
  duration_s: Durations;
}

export interface Boundary {
  name: string;
  count: number;
  closed?: number;
}

export interface ProcessMap {
  process: string;
  as_of: string;
  activities: Activity[];
  edges: Edge[];
  start: Boundary[];
  end: Boundary[];
}

/// One hour or day: what came in, what was completed, what was in progress at its end.
export interface Flow {
  from: string;
  arrivals: number;
  completions: number;
  events: number;
  in_progress: number;
}

export interface Kpis {
  process: string;
  as_of: string;
  events: number;
  cases: number;
  running: number;
  completed: number;
  variants: number;
  activities: number;
  duplicates: number;
  refused: number;
  cycle_time_s: Durations;
  open_included: boolean;
  busy_time_s: Durations;
  waiting_time_s: Durations;
  flow_efficiency: number | null;
  rework_cases: number;
  self_loops: number;
  overlaps: number;
  first_event: string | null;
  last_event: string | null;
  flow: { zone: string; hours: Flow[]; days: Flow[] };
}

export interface Variant {
  id: string;
  activities: string[];
  count: number;
  share: number;
  cycle_time_s: Durations;
}

export interface Variants {
  process: string;
  as_of: string;
  total: number;
  variants: Variant[];
  next: string | null;
}

export interface CaseRow {
  case_id: string;
  events: number;
  began: string;
  ended: string;
  cycle_time_s: number;
  busy_time_s: number;
  variant: string;
  first_activity: string;
  last_activity: string;
  completed: boolean;
}

export interface Cases {
  process: string;
  as_of: string;
  cases: CaseRow[];
  next: string | null;
}

export interface CaseEvent {
  activity: string;
  timestamp: string;
  start?: string;
  id: string;
  source: string;
  lifecycle: string;
  instance?: string;
  resource?: string;
  attributes: Record<string, string | number | boolean | null>;
  service_s: number;
  waiting_s: number;
  tie: boolean;
}

export interface Case {
  process: string;
  case_id: string;
  as_of: string;
  variant: string;
  cycle_time_s: number;
  busy_time_s: number;
  waiting_time_s: number;
  events: CaseEvent[];
}

export interface Handover {
  process: string;
  as_of: string;
  resources: { name: string; count: number }[];
  edges: { from: string; to: string; count: number; share: number }[];
}

/// Cycles under one target of a metric.
export interface SlaTally {
  name: string;
  cycles: number;
  met: number;
  met_late: number;
  running: number;
  paused: number;
  cancelled: number;
  breached: number;
  met_share: number | null;
}

/// An open cycle.
export interface Clock {
  id: string;
  case: string;
  policy: string;
  metric: string;
  target: string;
  cycle: number;
  state: "running" | "paused";
  began: string;
  due: string | null;
  breached: boolean;
  passed_s: number;
}

export interface Sla {
  process: string;
  as_of: string;
  policies: { name: string; metrics: { name: string; targets: SlaTally[] }[] }[];
  overdue: Clock[];
  clocks: Clock[];
}

export interface Alert {
  id: string;
  process: string | null;
  case: string | null;
  source: "sla" | "rule" | "threshold";
  name: string;
  metric: string;
  number: number;
  title: string;
  promise: string;
  state: "firing" | "paused" | "ended";
  severity: "info" | "warning" | "error" | "critical";
  since: string;
  began: string;
  due: string | null;
  warned: string | null;
  breached: string | null;
  ended: string | null;
  acknowledged: { by: string; at: string; note: string } | null;
  silenced_until: string | null;
  escalation: string;
}

export interface AlertWithHistory extends Alert {
  as_of: string;
  history: { step: "warning" | "breached" | "fired" | "escalated" | "acknowledged" | "ended"; at: string; by: string; note: string; notify: string[]; held_until: string | null }[];
}

export interface Silence {
  name: string;
  state: "pending" | "active" | "expired";
  document: { matchers: { label: string; op?: string; value: string }[]; starts_at?: string; ends_at: string; comment?: string; created_by?: string };
}

export interface Silences {
  silences: Silence[];
  next: string | null;
}

export interface Alerts {
  as_of: string;
  alerts: Alert[];
  next: string | null;
}

/// An attempt to tell a target something.
export interface Delivery {
  id: string;
  target: string;
  title: string;
  outcome: "delivered" | "again" | "refused" | "given_up";
  attempt: number;
  began: string;
  status: number;
  detail: string;
}

export interface Deliveries {
  deliveries: Delivery[];
}

/// SLA policies, rules and the like, as they are listed.
export interface DocumentList {
  as_of: string;
  documents: { name: string; effective_at: string; versions: number }[];
  next: string | null;
}

export interface ControlDocument {
  name: string;
  effective_at: string;
  document: object;
}

/// A condition as it was judged; `result` null: unknown.
export interface Explanation {
  what: string;
  result: boolean | null;
  fact: unknown;
  parts?: Explanation[];
}

export interface RuleFiring {
  case: string;
  at: string;
  deeds: { type: "alert" | "notify"; severity: Alert["severity"]; title: string; text: string; notify: string[] }[];
  why?: Explanation;
}

/// What a rule would have fired, and how that differs from the one that holds.
export interface RuleTest {
  process: string;
  cases: number;
  all_cases: boolean;
  fired: number;
  same: number;
  reworded: number;
  added: RuleFiring[];
  gone: RuleFiring[];
}

export interface DeadLetter {
  id: string;
  appended: string;
  code: string;
  detail: string;
  record: string;
}

export interface DeadLetters {
  as_of: string;
  dead_letters: DeadLetter[];
  next: string | null;
}

export type UploadState = "waiting" | "reading" | "done" | "failed" | "withdrawn";

export interface UploadSummary {
  upload: string;
  process: string;
  state: UploadState;
  received: string;
  bytes: number;
  bytes_read: number;
  progress: number;
  rows: number;
  accepted: number;
  rejected: number;
  failure: { code: string; detail: string } | null;
  position: string;
}

export interface RowError {
  line: number;
  column: number;
  code: string;
  detail: string;
}

export interface Upload extends UploadSummary {
  format: string | null;
  gzip: boolean;
  sheet: string | null;
  columns: string[];
  mapping: { field: string; column: string }[];
  schema_fingerprint: string | null;
  drift: { added: string[]; removed: string[] } | null;
  errors: RowError[];
}

export interface Uploads {
  uploads: UploadSummary[];
  next: string | null;
}

export interface Processes {
  as_of: string;
  processes: { name: string }[];
  next: string | null;
}

/// RFC 9457, as every refusal is told.
export interface Problem {
  title: string;
  status: number;
  code: string;
  detail?: string;
  trace_id?: string;
  /// Of a document, all that is wrong with it.
  faults?: { pointer: string; detail: string }[];
}

/// The channels of the WebSocket and what each holds: the answer of the GET of the same name.
export interface Channels {
  map: ProcessMap;
  kpis: Kpis;
  variants: Variants;
  cases: Cases;
  sla: Sla;
  alerts: Alerts;
  uploads: Uploads;
}
export type Channel = keyof Channels;

/// What the beginning of a file tells (POST /v1/uploads/preview).
export interface Preview {
  format: string | null;
  sheet: string | null;
  sheets: string[];
  columns: string[];
  mapping: { field: string; column: string }[];
  schema_fingerprint: string | null;
  rows: string[][];
  events: { case_id: string; activity: string; timestamp: string; start?: string; resource?: string }[];
  asks: ("zone" | "date_order")[];
  failure: { code: string; detail: string } | null;
  errors: RowError[];
}

export type Role = "admin" | "analyst" | "viewer" | "producer";

export interface UserSession {
  user: string;
  workspace: string;
  role: Role;
  workspaces: { workspace: string; role: Role }[];
  csrf_token: string;
}

export interface Users {
  users: { user: string; role: Role; made: string; elsewhere: boolean }[];
  next: string | null;
}

export interface Token {
  id: string;
  name: string | null;
  role: Role;
  made: string;
  made_by: string;
  expires: string | null;
  last_used: string | null;
}

export interface Tokens {
  tokens: Token[];
  next: string | null;
}

export interface Demo {
  active: boolean;
  source?: "company" | "replay";
  speed?: number;
  paused?: boolean;
  caught_up?: boolean;
}
