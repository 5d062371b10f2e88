internal import Domain

/// A record that was read but does not fit our terms. The reason names the field, never its value.
struct ConversionError: Error, Hashable {
  var reason: String

  init(_ reason: String) { self.reason = reason }
}

// A refusal found before anything is sent.
extension WriteRefusal: Error {}
