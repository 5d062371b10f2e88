/// What decides between linking unseen, asking, and leaving out.
package struct MatchOptions: Sendable, Equatable {
  /// Country of the organisation, by code or name; local telephone numbers are read by it.
  package var homeCountry: String
  /// Probability from which a pair is worth a person's look.
  package var reviewThreshold: Double
  /// Probability from which a pair may be linked unseen, conflicts and rivals permitting.
  package var autoThreshold: Double
  /// Probability from which a pair is reported at all (band `none` below the review threshold).
  package var reportThreshold: Double
  /// Whether duplicates inside one side are looked for and reported.
  package var findsDuplicates: Bool
  /// Whether the weights may be moved by what the data shows.
  package var adaptsToData: Bool

  /// The defaults are the ones the quality figures are measured with.
  package init(
    homeCountry: String = "NZ", reviewThreshold: Double = 0.2, autoThreshold: Double = 0.99,
    reportThreshold: Double? = nil, findsDuplicates: Bool = true, adaptsToData: Bool = true
  ) {
    self.homeCountry = homeCountry
    self.reviewThreshold = reviewThreshold
    self.autoThreshold = autoThreshold
    self.reportThreshold = reportThreshold ?? reviewThreshold
    self.findsDuplicates = findsDuplicates
    self.adaptsToData = adaptsToData
  }
}
