/// A part of a run that is left out of it: what a shrinker tries. Written `7p` (the whole of pass
/// 7), `7f` (its faults), `7x` (its crash), `7d` (its full disk), `7m` (what befalls the
/// snapshot), `7c` (the clock), `7e2` (the third edit before it).
struct Omission: Hashable, Comparable, CustomStringConvertible {
  enum Part: Hashable {
    case pass, faults, crash, disk, memory, clock
    case edit(Int)
  }

  var pass: Int
  var part: Part

  init(_ part: Part, of pass: Int) {
    self.pass = pass
    self.part = part
  }

  /// Nil when the text is none.
  init?(_ text: some StringProtocol) {
    let digits = text.prefix(while: \.isNumber)
    let rest = text.dropFirst(digits.count)
    guard let pass = Int(digits), let letter = rest.first else { return nil }
    self.pass = pass
    switch (letter, Int(rest.dropFirst())) {
    case ("p", nil): part = .pass
    case ("f", nil): part = .faults
    case ("x", nil): part = .crash
    case ("d", nil): part = .disk
    case ("m", nil): part = .memory
    case ("c", nil): part = .clock
    case ("e", let number?): part = .edit(number)
    default: return nil
    }
  }

  static func list(_ text: String) -> Set<Omission> {
    Set(text.split(separator: ",").compactMap { Omission($0) })
  }

  var description: String {
    switch part {
    case .pass: "\(pass)p"
    case .faults: "\(pass)f"
    case .crash: "\(pass)x"
    case .disk: "\(pass)d"
    case .memory: "\(pass)m"
    case .clock: "\(pass)c"
    case .edit(let number): "\(pass)e\(number)"
    }
  }

  static func < (left: Self, right: Self) -> Bool {
    (left.pass, left.description) < (right.pass, right.description)
  }
}
