extension PipedriveSandbox {
  /// The kinds of record that live in a store of their own.
  enum Kind: Int, CaseIterable, Sendable {
    case deals, persons, organizations, products, activities

    /// Its collection in paths.
    var name: String {
      switch self {
      case .deals: "deals"
      case .persons: "persons"
      case .organizations: "organizations"
      case .products: "products"
      case .activities: "activities"
      }
    }

    var singular: String {
      switch self {
      case .deals: "Deal"
      case .persons: "Person"
      case .organizations: "Organization"
      case .products: "Product"
      case .activities: "Activity"
      }
    }

    init?(path: String) {
      guard let kind = Self.allCases.first(where: { $0.name == path }) else { return nil }
      self = kind
    }

    /// The kind whose custom fields `dealFields` and its siblings define.
    init?(fieldsPath: String) {
      switch fieldsPath {
      case "dealFields": self = .deals
      case "personFields": self = .persons
      case "organizationFields": self = .organizations
      case "productFields": self = .products
      default: return nil
      }
    }

    var hasCustomFields: Bool { self != .activities }

    /// The one field a POST must have; persons and activities accept none at all.
    var required: [String] {
      switch self {
      case .deals: ["title"]
      case .organizations, .products: ["name"]
      case .persons: ["name"]
      case .activities: []
      }
    }

    /// What a write may send, with its type.
    var writable: [String: ValueType] {
      switch self {
      case .deals:
        [
          "title": .text(255), "owner_id": .user, "person_id": .record(.persons),
          "org_id": .record(.organizations), "pipeline_id": .integer, "stage_id": .integer,
          "value": .number, "currency": .text(3), "is_deleted": .flag, "is_archived": .flag,
          "archive_time": .moment, "status": .oneOf(["open", "won", "lost"]),
          "probability": .number, "lost_reason": .text(255), "visible_to": .integer,
          "close_time": .moment, "won_time": .moment, "lost_time": .moment,
          "expected_close_date": .date, "label_ids": .integers,
        ]
      case .persons:
        [
          "name": .text(255), "owner_id": .user, "org_id": .record(.organizations),
          "add_time": .moment, "emails": .points, "phones": .points, "visible_to": .integer,
          "label_ids": .integers, "postal_address": .address, "notes": .text(65_000),
          "im": .points, "birthday": .date, "job_title": .text(255),
          "marketing_status": .oneOf(["no_consent", "unsubscribed", "subscribed", "archived"]),
        ]
      case .organizations:
        [
          "name": .text(255), "owner_id": .user, "add_time": .moment, "visible_to": .integer,
          "label_ids": .integers, "address": .address, "website": .text(255),
          "linkedin": .text(255), "industry": .integer, "annual_revenue": .number,
          "employee_count": .integer,
        ]
      case .products:
        [
          "name": .text(255), "code": .text(255), "description": .text(65_000),
          "unit": .text(20), "tax": .number, "category": .integer, "owner_id": .user,
          "is_linkable": .flag, "visible_to": .integer, "prices": .prices,
          "billing_frequency": .oneOf(Row.frequencies), "billing_frequency_cycles": .integer,
        ]
      case .activities:
        [
          "subject": .text(255), "type": .text(50), "owner_id": .user,
          "deal_id": .record(.deals), "lead_id": .text(36), "org_id": .record(.organizations),
          "project_id": .integer, "due_date": .date, "due_time": .clock, "duration": .clock,
          "busy": .flag, "done": .flag, "note": .text(65_000), "location": .address,
          "public_description": .text(65_000), "priority": .integer, "participants": .persons,
          "attendees": .json,
        ]
      }
    }

    /// Everything an answer shows beside ids, stamps and custom fields, in its order; null when
    /// the record holds nothing.
    var shown: [String] {
      switch self {
      case .deals:
        [
          "title", "creator_user_id", "owner_id", "value", "person_id", "org_id", "stage_id",
          "pipeline_id", "currency", "archive_time", "stage_change_time", "status",
          "is_archived", "probability", "lost_reason", "visible_to", "close_time", "won_time",
          "lost_time", "expected_close_date", "label_ids", "origin", "origin_id", "channel",
          "channel_id", "source_lead_id", "arr", "mrr", "acv",
        ]
      case .persons:
        [
          "name", "first_name", "last_name", "owner_id", "org_id", "emails", "phones",
          "visible_to", "label_ids", "picture_id",
        ]
      case .organizations:
        [
          "name", "owner_id", "visible_to", "label_ids", "address", "website", "linkedin",
          "industry", "annual_revenue", "employee_count",
        ]
      case .products:
        [
          "name", "code", "description", "unit", "tax", "category", "is_linkable", "visible_to",
          "owner_id", "prices", "billing_frequency", "billing_frequency_cycles",
        ]
      case .activities:
        [
          "subject", "type", "owner_id", "creator_user_id", "deal_id", "lead_id", "person_id",
          "org_id", "project_id", "due_date", "due_time", "duration", "busy", "done",
          "marked_as_done_time", "note", "location", "public_description", "priority",
          "participants", "attendees",
        ]
      }
    }
  }
}
