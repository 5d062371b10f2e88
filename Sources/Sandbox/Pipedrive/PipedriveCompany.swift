extension PipedriveSandbox {
  /// The settings of the company, and which of several possible behaviours it shows where the
  /// vendor's documents leave it open.
  struct Company: Sendable, Hashable {
    var id = 7_700_123
    var name = "Kauri Trading"
    var domain = "kauritrading"
    var country = "NZ"
    var currency = "NZD"
    var timeZone = "Pacific/Auckland"
    /// Decimals of each active currency.
    var currencies = [
      "NZD": 2, "AUD": 2, "USD": 2, "EUR": 2, "GBP": 2, "JPY": 0, "KWD": 3,
    ]
    var mostFields = 300
    var isClosed = false
    var hasContactSync = false
    /// Whether a product row's money discount is for one unit or for the row.
    var discountIsPerUnit = false
    var sumIncludesTax = false
    var rowsTouchDeal = true
    /// Whether deleted persons, organisations and products stay in lists for thirty days.
    var listsDeleted = false
    /// Whether a deleted record can be read by its id for thirty days.
    var showsDeleted = true
  }

  struct User: Sendable, Hashable {
    var id: Int
    var name: String
    var email: String
    var isAdmin = false
    var isActive = true
  }

  struct Pipeline: Sendable, Hashable {
    var id: Int
    var name: String
    var order: Int

    var json: JSONValue {
      [
        "id": .integer(id), "name": .string(name), "order_nr": .integer(order),
        "is_selected": true, "is_deleted": false, "is_deal_probability_enabled": false,
        "add_time": "2024-01-05T09:00:00Z", "update_time": "2024-01-05T09:00:00Z",
      ]
    }
  }

  struct Stage: Sendable, Hashable {
    var id: Int
    var pipeline: Int
    var name: String
    var order: Int
    var isDeleted = false

    var json: JSONValue {
      [
        "id": .integer(id), "order_nr": .integer(order), "name": .string(name),
        "is_deleted": .bool(isDeleted), "deal_probability": 100,
        "pipeline_id": .integer(pipeline), "is_deal_rot_enabled": false,
        "days_to_rotten": .null, "add_time": "2024-01-05T09:00:00Z",
        "update_time": "2024-01-05T09:00:00Z",
      ]
    }
  }
}
