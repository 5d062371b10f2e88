import Domain

func date(_ text: String) -> CalendarDate {
  guard let date = CalendarDate(text) else { preconditionFailure("not a date: \(text)") }
  return date
}

func instant(_ text: String) -> Instant {
  guard let instant = Instant(text) else { preconditionFailure("not a time: \(text)") }
  return instant
}

func currency(_ code: String) -> Currency {
  guard let currency = Currency(code) else { preconditionFailure("not a currency: \(code)") }
  return currency
}

func decimal(_ text: String) -> ExactDecimal {
  guard let value = try? ExactDecimal(parsing: text) else {
    preconditionFailure("not a number: \(text)")
  }
  return value
}

/// A small generator whose whole sequence follows from its seed.
struct Seeded: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  mutating func int(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &self) }
}
