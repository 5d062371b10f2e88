/// `where` and `order` on the short lists that have no pages: they look at what is sent.
extension XeroCall {
  /// The elements that the filter lets through, in the order asked for.
  func narrowed(_ listed: [JSONValue]) throws(XeroRefusal) -> [JSONValue] {
    var elements = listed
    if let text = request.queryValue("where"), !text.isEmpty {
      let filter = try XeroFilterParser.parse(text)
      elements = elements.filter { element in
        filter.holds { XeroField(member: $0, of: element) }
      }
    }
    guard let text = request.queryValue("order"), !text.isEmpty else { return elements }
    let words = text.lowercased().split(separator: " ")
    guard let field = words.first.map(String.init) else { return elements }
    let keys = elements.map { XeroField(member: field, of: $0) }
    let descends = words.count > 1 && words.last == "desc"
    // Equal ones keep their places, whichever way the rest goes.
    let places = elements.indices.sorted { left, right in
      let (first, second) = descends ? (right, left) : (left, right)
      if keys[first].precedes(keys[second]) { return true }
      return !keys[second].precedes(keys[first]) && left < right
    }
    return places.map { elements[$0] }
  }
}

extension XeroField {
  /// The member that a dotted name in lower case leads to; an absent one is an empty text.
  init(member name: String, of element: JSONValue) {
    var value: JSONValue? = element
    for part in name.split(separator: ".") {
      value = value?.object?.first { $0.key.lowercased() == part }?.value
    }
    switch value {
    case .bool(let flag)?: self = .flag(flag)
    case .number(let digits)?: self = ExactDecimal(digits).map(XeroField.number) ?? .text(digits)
    case .string(let text)?:
      if let id = XeroID(text) {
        self = .id(id)
      } else if text.hasPrefix("/Date("), let date = XeroWire.parseDate(text) {
        self = .date(date)
      } else {
        self = .text(text)
      }
    case .array?, .object?, .null?, nil: self = .text(nil)
    }
  }
}
