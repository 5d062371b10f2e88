extension RestSandbox {
  enum Kind: String, Sendable, CaseIterable {
    case deals, companies, people, tasks

    /// What may be written, with the form of each.
    var writable: [String: Form] {
      switch self {
      case .deals:
        [
          "title": .text(200), "amount_cents": .whole, "currency": .text(3), "stage_id": .whole,
          "owner_id": .whole, "company_id": .whole, "person_ids": .ids,
          "payment_terms": .text(100), "won_at": .time, "fields": .fields,
        ]
      case .companies:
        [
          "name": .text(200), "phone": .text(50), "website": .text(200), "email": .text(200),
          "tax_number": .text(50), "external_ref": .text(100), "address": .address,
        ]
      case .people:
        [
          "first_name": .text(100), "last_name": .text(100), "email": .text(200),
          "phone": .text(50), "mobile": .text(50), "company_id": .whole,
          "external_ref": .text(100), "address": .address,
        ]
      case .tasks:
        [
          "subject": .text(250), "text": .text(8000), "due_on": .date, "owner_id": .whole,
          "deal_id": .whole,
        ]
      }
    }

    var required: [String] {
      switch self {
      case .deals: ["title"]
      case .companies: ["name"]
      case .people: ["last_name"]
      case .tasks: ["subject", "deal_id"]
      }
    }
  }

  /// What a value must look like.
  enum Form: Sendable, Hashable {
    case text(Int)
    case whole, ids, time, date, address, fields
  }

  /// The fields of a deal that the account has added, with their forms.
  static let dealFields: [String: Form] = [
    "invoice_number": .text(60), "invoice_status": .text(40), "invoice_due_cents": .whole,
    "invoice_paid_cents": .whole, "invoice_due_on": .date, "invoice_paid_on": .date,
    "invoice_link": .text(250), "region": .text(60),
  ]

  /// One record; `values` hold what the API shows, apart from id, state and stamp.
  struct Record: Sendable, Hashable {
    let id: Int
    let kind: Kind
    var values: JSONValue.Object
    var isDeleted = false
    /// Whole seconds, in milliseconds.
    var changed: Int64
    /// The very moment of the last write, for what lags behind it.
    var touched: Int64
  }

  struct Line: Sendable, Hashable {
    let id: Int
    var values: JSONValue.Object
  }

  struct Owner: Sendable, Hashable {
    let id: Int
    var name: String
    var email: String
    var isActive = true
  }

  struct Pipeline: Sendable, Hashable {
    let id: Int
    var name: String
    var stages: [Stage]
  }

  struct Stage: Sendable, Hashable {
    let id: Int
    var name: String
    /// `open`, `won` or `lost`.
    var means: String
  }

  func stage(_ id: Int) -> (pipeline: Pipeline, stage: Stage)? {
    for pipeline in pipelines {
      if let stage = pipeline.stages.first(where: { $0.id == id }) { return (pipeline, stage) }
    }
    return nil
  }

  mutating func save(_ record: Record, now: Int64) {
    var record = record
    record.changed = now - now % 1000
    record.touched = now
    records[record.id] = record
  }

  func live(_ id: Int, _ kind: Kind) -> Record? {
    records[id].flatMap { $0.kind == kind && !$0.isDeleted ? $0 : nil }
  }

  func view(_ record: Record) -> JSONValue {
    var object: JSONValue.Object = ["id": .integer(record.id)]
    for name in record.kind.writable.keys.sorted() {
      object[name] = record.values[name] ?? (name == "person_ids" ? [] : .null)
    }
    if record.kind == .deals {
      let stage = record.values["stage_id"]?.int.flatMap(self.stage)
      object["pipeline_id"] = stage.map { .integer($0.pipeline.id) } ?? .null
      object["fields"] = record.values["fields"] ?? [:]
    }
    object["state"] = record.isDeleted ? "deleted" : "active"
    object["changed_at"] = .string(SandboxTime(milliseconds: record.changed).iso())
    return .object(object)
  }

  func view(_ line: Line) -> JSONValue {
    var object: JSONValue.Object = ["id": .integer(line.id)]
    for name in [
      "title", "description", "sku", "quantity", "price_cents", "discount_percent", "tax",
    ] {
      object[name] = line.values[name] ?? .null
    }
    return .object(object)
  }
}
