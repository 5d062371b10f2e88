extension HubSpotSandbox {
  /// The JSON body of a control request.
  struct Form: Sendable {
    var json: JSONValue

    init(_ json: JSONValue) { self.json = json }

    func has(_ name: String) -> Bool { json[name] != nil }

    /// Ids may be given as text or as a number.
    func optionalText(_ name: String) -> String? {
      let value = json[name]
      return value?.string ?? value?.digits
    }

    func text(_ name: String) throws(Misuse) -> String {
      guard let text = optionalText(name), !text.isEmpty else {
        throw Misuse("\"\(name)\" is missing")
      }
      return text
    }

    func texts(_ name: String) -> [String] {
      (json[name]?.array ?? []).compactMap { $0.string ?? $0.digits }
    }

    func flag(_ name: String) -> Bool { json[name]?.bool ?? false }

    /// nil when absent or null.
    func optionalNumber(_ name: String) throws(Misuse) -> Int? {
      guard let value = json[name], !value.isNull else { return nil }
      guard let number = value.int, number >= 0 else {
        throw Misuse("\"\(name)\" must be a whole number or null")
      }
      return number
    }

    /// Seconds, possibly with a fraction, as milliseconds.
    func decimalMilliseconds(_ name: String) throws(Misuse) -> Int {
      guard let seconds = json[name]?.decimal, seconds >= .zero,
        let number = Int((seconds * ExactDecimal(1000)).rounded(0).description)
      else { throw Misuse("\"\(name)\" must be a number of seconds") }
      return number
    }

    func kind(_ name: String) throws(Misuse) -> Kind {
      guard let kind = Kind(path: try text(name)) else {
        let known = Kind.allCases.map(\.name).joined(separator: ", ")
        throw Misuse("\"\(name)\" must be one of \(known)")
      }
      return kind
    }
  }
}
