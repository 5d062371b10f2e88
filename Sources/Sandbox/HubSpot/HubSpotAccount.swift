import Foundation

extension HubSpotSandbox {
  /// The account's own settings.
  struct Account: Sendable, Hashable {
    var portal = 24_680_135
    var timeZone = "Pacific/Auckland"
    var companyCurrency = "NZD"
    /// Units of the company currency for one unit of the other, as decimal text.
    var rates = [
      Rate(code: "AUD", rate: "1.09"), Rate(code: "USD", rate: "1.65"),
      Rate(code: "JPY", rate: "0.0112"),
    ]

    struct Rate: Sendable, Hashable {
      var code: String
      var rate: String
    }

    var currencies: [String] { [companyCurrency] + rates.map(\.code) }

    /// Milliseconds that the account's clock is ahead of UTC at that instant.
    func offset(at now: Int64) -> Int64 {
      let instant = Date(timeIntervalSince1970: Double(Stamp.floorDivide(now, 1000)))
      return Int64(TimeZone(identifier: timeZone)?.secondsFromGMT(for: instant) ?? 0) * 1000
    }

    /// The day in the account's time zone, counted from 1970.
    func day(at now: Int64) -> Int64 {
      Stamp.floorDivide(now + offset(at: now), Stamp.dayMilliseconds)
    }

    /// The next midnight of the account, in UTC milliseconds: when the daily limit starts anew.
    func nextMidnight(after now: Int64) -> Int64 {
      (day(at: now) + 1) * Stamp.dayMilliseconds - offset(at: now)
    }

    func details(at now: Int64) -> JSONValue {
      let offset = offset(at: now)
      let minutes = abs(offset) / 60_000
      let hours = minutes / 60
      let pad = { (value: Int64) in (value < 10 ? "0" : "") + String(value) }
      return [
        "portalId": .integer(portal), "accountType": "STANDARD", "timeZone": .string(timeZone),
        "companyCurrency": .string(companyCurrency),
        "additionalCurrencies": .array(rates.map { .string($0.code) }),
        "utcOffset": .string((offset < 0 ? "-" : "+") + pad(hours) + ":" + pad(minutes % 60)),
        "utcOffsetMilliseconds": .integer(offset), "uiDomain": "app.hubspot.com",
        "dataHostingLocation": "na1",
      ]
    }
  }

  struct Owner: Sendable, Hashable {
    var id: String
    var email: String
    var firstName: String
    var lastName: String
    var userID: Int
    var isArchived = false

    /// An archived owner has lost its user id; only the `…IncludingInactive` one remains.
    var json: JSONValue {
      [
        "id": .string(id), "email": .string(email), "type": "PERSON",
        "firstName": .string(firstName), "lastName": .string(lastName),
        "userId": isArchived ? .null : .integer(userID),
        "userIdIncludingInactive": .integer(userID), "createdAt": "2025-01-06T21:00:00.000Z",
        "updatedAt": "2025-01-06T21:00:00.000Z", "archived": .bool(isArchived), "teams": [],
      ]
    }
  }

  struct TaxRate: Sendable, Hashable {
    var id: String
    var name: String
    /// Percent, as decimal text.
    var rate: String
    var isActive = true

    var json: JSONValue {
      [
        "id": .string(id), "name": .string(name), "label": .string(name),
        "percentageRate": .number(rate), "active": .bool(isActive),
        "createdAt": "2025-01-06T21:00:00.000Z", "updatedAt": "2025-01-06T21:00:00.000Z",
      ]
    }
  }

  struct Stage: Sendable, Hashable {
    var id: String
    var label: String
    /// `1.0` is won, `0.0` is lost, as decimal text.
    var probability: String
    var isClosed: Bool
    // Kept rather than worked out: a search over all deals asks for every one of them.
    let isWon: Bool
    let isLost: Bool

    init(id: String, label: String, probability: String, isClosed: Bool) {
      self.id = id
      self.label = label
      self.probability = probability
      self.isClosed = isClosed
      isWon = isClosed && ExactDecimal(probability) == ExactDecimal(1)
      isLost = isClosed && ExactDecimal(probability) == .zero
    }

    func json(order: Int) -> JSONValue {
      [
        "id": .string(id), "label": .string(label), "displayOrder": .integer(order),
        "metadata": [
          "isClosed": .string(isClosed ? "true" : "false"), "probability": .string(probability),
        ],
        "createdAt": "2025-01-06T21:00:00.000Z", "updatedAt": "2025-01-06T21:00:00.000Z",
        "writePermissions": "CRM_PERMISSIONS_ENFORCEMENT", "archived": false,
      ]
    }
  }

  struct Pipeline: Sendable, Hashable {
    var id: String
    var label: String
    var stages: [Stage]

    func json(order: Int) -> JSONValue {
      [
        "id": .string(id), "label": .string(label), "displayOrder": .integer(order),
        "stages": .array(stages.enumerated().map { $1.json(order: $0) }),
        "createdAt": "2025-01-06T21:00:00.000Z", "updatedAt": "2025-01-06T21:00:00.000Z",
        "archived": false,
      ]
    }
  }
}
