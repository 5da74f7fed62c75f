/** What POST /v1/review answers: the parts that are shown. Offsets count characters. */
export interface Evidence {
  message: string;
  start: number;
  end: number;
  quote: string;
}

export interface ChecklistItem {
  item: string;
  label: string;
  state: "present" | "partial" | "missing" | "not_needed";
  evidence: Evidence[];
  question: string | null;
  template: string | null;
}

export interface Pending {
  key: string;
  evidence: Evidence;
  status: "open" | "deferred";
  until: string | null;
  due: boolean;
}

export interface BookingElement {
  element: "option" | "days" | "time" | "min_hours" | "notice";
  value: unknown;
  evidence: Evidence | null;
  named: boolean;
  before: Evidence[];
  contradicted_in: Evidence[];
}

export interface ContractEntry {
  topic: string;
  detail: string | null;
  evidence: Evidence;
  author: string;
  change: boolean;
  superseded_by: string | null;
  contradicts: string | null;
}

export interface Point {
  claim: Evidence;
  documented: Evidence[];
  only_in_notes: Evidence[];
}

export interface TagRemark {
  message: string;
  tag: string;
  kind: "missing" | "doubtful" | "untagged";
  score: number | null;
  reason: string;
  evidence: Evidence | null;
}

export interface NoteRemark {
  message: string;
  verdict: "right" | "belongs_in_chat" | "belongs_in_individual_chat";
  kind: string;
  reason: string;
  evidence: Evidence;
}

export interface Draft {
  kind: "booking_confirmation" | "customer_file_booking" | "customer_file_decline" | "poll_note" | "complaint_note";
  text: string;
}

export interface Booking {
  add_on: string;
  option: string | null;
  confirmed_in: string | null;
}

export interface Review {
  as_of: string;
  next_step: string;
  reason: string;
  reason_evidence: Evidence[];
  template: string | null;
  more_templates: string[];
  reminders_sent: number;
  working_days: number | null;
  approval: Evidence | null;
  booking: Booking | null;
  checklist_details: ChecklistItem[];
  questions: Pending[];
  booking_details: BookingElement[];
  contract: ContractEntry[];
  complaint: Point[];
  tags: TagRemark[];
  notes: NoteRemark[];
  drafts: Draft[];
}
