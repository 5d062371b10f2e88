package import Foundation

/// What a call does to the remote system; decides what happens when its answer is missing.
package enum CallPurpose: Sendable, Hashable {
  /// Changes nothing; may be a POST (search). Repeated after transient failures.
  case read
  /// Changes something; never sent again while its outcome is unknown, idempotent or not: a look-up
  /// comes first. `idempotent` says that the request carries a key or create-only verb.
  case write(idempotent: Bool)

  package var isRead: Bool {
    switch self {
    case .read: true
    case .write: false
    }
  }
}

/// Who goes first when calls are scarce, and who may touch the reserves of the day.
package enum CallPriority: Int, Sendable, Hashable, CaseIterable, Comparable {
  /// Background comparison.
  case background = 0
  /// Customers' master data.
  case contacts = 1
  /// Invoices, payments, look-ups and recovery.
  case money = 2

  package static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}

/// What a successful answer must hold.
package enum ExpectedBody: Sendable, Hashable {
  /// A whole JSON document; 204 and 304 pass with none.
  case json
  /// Anything, including nothing.
  case any
  /// Nothing that matters; the body is dropped.
  case empty
}

/// One request a connector wants made. Credentials and user agent are added by the client.
package struct Call: Sendable, Hashable {
  package var method: HTTPMethod
  package var url: URL
  package var headers: [String: String]
  package var body: Data?
  package var purpose: CallPurpose
  package var priority: CallPriority
  package var expects: ExpectedBody
  /// A constant name for logs, such as `invoices.list`; no data.
  package var label: String

  package init(
    _ method: HTTPMethod, _ url: URL, headers: [String: String] = [:], body: Data? = nil,
    purpose: CallPurpose, priority: CallPriority, expects: ExpectedBody = .json, label: String = ""
  ) {
    self.method = method
    self.url = url
    self.headers = headers
    self.body = body
    self.purpose = purpose
    self.priority = priority
    self.expects = expects
    self.label = label
  }

  /// A GET that expects JSON.
  package static func read(
    _ url: URL, headers: [String: String] = [:], priority: CallPriority, label: String = ""
  ) -> Call {
    Call(.get, url, headers: headers, purpose: .read, priority: priority, label: label)
  }
}
