internal import Domain

/// Which lines share a tax code, and which share a rate.
struct TaxGroups {
  struct Group {
    var key: String
    var percent: ExactDecimal
    /// Positions of the lines.
    var lines: [Int] = []
  }

  /// In the order of the lines' first appearance.
  private(set) var byCode: [Group] = []
  private(set) var byRate: [Group] = []

  init(_ lines: [DraftLine], _ rates: [TaxRate]) {
    for (index, line) in lines.enumerated() where !line.isText {
      let rate = line.taxCode.flatMap { code in rates.first { $0.code == code } }
      let percent = rate?.effectivePercent ?? .zero
      let code = Group(key: line.taxCode ?? "", percent: percent)
      Self.add(index, to: code, in: &byCode)
      if let parts = rate?.parts, !parts.isEmpty {
        for part in parts {
          Self.add(index, to: Group(key: "rate \(part.id)", percent: part.percent), in: &byRate)
        }
      } else {
        Self.add(index, to: Group(key: "code \(code.key)", percent: percent), in: &byRate)
      }
    }
  }

  private static func add(_ line: Int, to group: Group, in groups: inout [Group]) {
    // A rate on top of others has another percentage than alone.
    let place = groups.firstIndex { $0.key == group.key && $0.percent == group.percent }
    if let place {
      groups[place].lines.append(line)
    } else {
      var new = group
      new.lines = [line]
      groups.append(new)
    }
  }
}
