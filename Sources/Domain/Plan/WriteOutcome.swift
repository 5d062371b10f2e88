/// How one write of a batch ended, as its connector judged it.
package enum WriteOutcome<Value: Sendable>: Sendable {
  /// The system's own answer.
  case applied(Value)
  /// A definite no for this record.
  case refused(WriteRefusal)
  /// It may have been applied: look first.
  case unknown(reason: String)
  /// Nothing was sent for this record; a later pass may send it.
  case notSent(reason: String)
}

/// A definite no, translated into our hold codes.
package struct WriteRefusal: Hashable, Sendable, Codable {
  package var code: HoldCode
  /// The system's own words.
  package var message: String
  /// What the person does now.
  package var remedy: String

  package init(code: HoldCode, message: String, remedy: String) {
    self.code = code
    self.message = message
    self.remedy = remedy
  }
}
