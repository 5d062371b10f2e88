/// A rule of the configuration: when all conditions match, its settings apply.
package struct Rule: Hashable, Sendable {
  package var conditions: [Condition]
  package var set: Settings
  package var origin: Origin?

  package init(conditions: [Condition], set: Settings, origin: Origin? = nil) {
    self.conditions = conditions
    self.set = set
    self.origin = origin
  }

  /// What a rule may set; nil leaves the attribute to later rules and the defaults.
  package struct Settings: Hashable, Sendable {
    package var tax: Sourced<String>?
    package var account: Sourced<String>?
    package var item: Sourced<String>?
    package var tracking: [TrackingRule]?
    package var lineAmounts: LineAmounts?
    package var status: InvoiceStatus?
    package var date: InvoicePolicy.DateRule?
    package var due: DueRule?
    package var brandingTheme: Sourced<String>?
    package var number: Template?
    package var reference: Template?
    /// A reason shown to people: deals that match are held.
    package var hold: String?

    package init() {}
  }
}

/// One `when` entry: a field and the patterns of which one must match.
package struct Condition: Hashable, Sendable {
  package var field: Field
  package var patterns: [Pattern]

  package init(field: Field, patterns: [Pattern]) {
    self.field = field
    self.patterns = patterns
  }

  package enum Field: Hashable, Sendable {
    case crm, pipeline, stage, owner, country, region, currency, sku, product
    case crmTax, partyKind
    case deal(String)
    case line(String)

    /// Whether the field belongs to a line rather than to the whole deal.
    package var concernsLine: Bool {
      switch self {
      case .sku, .product, .crmTax, .line: true
      case .crm, .pipeline, .stage, .owner, .country, .region, .currency, .partyKind, .deal:
        false
      }
    }
  }
}

/// A value to match: letter case does not count, `*` stands for any run of characters.
package struct Pattern: Hashable, Sendable {
  package var text: String

  package init(_ text: String) { self.text = text }

  package func matches(_ value: String) -> Bool {
    Self.glob(Array(text.lowercased().unicodeScalars), Array(value.lowercased().unicodeScalars))
  }

  private static func glob(_ pattern: [Unicode.Scalar], _ text: [Unicode.Scalar]) -> Bool {
    var p = 0
    var t = 0
    var star: (pattern: Int, text: Int)?
    while t < text.count {
      if p < pattern.count, pattern[p] == "*" {
        star = (p, t)
        p += 1
      } else if p < pattern.count, pattern[p] == text[t] {
        p += 1
        t += 1
      } else if let last = star {
        p = last.pattern + 1
        t = last.text + 1
        star = (last.pattern, t)
      } else {
        return false
      }
    }
    return pattern[p...].allSatisfy { $0 == "*" }
  }
}

/// Text with `{…}` placeholders, for example `{crm}-{deal.number}`.
package struct Template: Hashable, Sendable {
  package var text: String
  package var origin: Origin?

  package init(_ text: String, at origin: Origin? = nil) {
    self.text = text
    self.origin = origin
  }

  package static func == (left: Self, right: Self) -> Bool { left.text == right.text }

  package func hash(into hasher: inout Hasher) { hasher.combine(text) }

  /// The placeholder names in order; nil when a brace is not closed.
  package var placeholders: [String]? {
    var names: [String] = []
    var rest = text[...]
    while let open = rest.firstIndex(of: "{") {
      guard let close = rest[open...].firstIndex(of: "}") else { return nil }
      names.append(String(rest[rest.index(after: open)..<close]))
      rest = rest[rest.index(after: close)...]
    }
    return names
  }

  /// The text with each placeholder replaced; a name without value becomes nothing.
  package func rendered(_ value: (String) -> String?) -> String {
    var out = ""
    var rest = text[...]
    while let open = rest.firstIndex(of: "{"), let close = rest[open...].firstIndex(of: "}") {
      out += rest[..<open]
      out += value(String(rest[rest.index(after: open)..<close])) ?? ""
      rest = rest[rest.index(after: close)...]
    }
    return out + rest
  }
}
