import Connectors
import Domain
import Testing

/// Where the next pass goes on, whatever place the connector gave.
@Suite struct FeedCursorTests {
  private let stamp = Instant(milliseconds: 1_000_000)
  private let begun = Instant(milliseconds: 9_000_000)

  @Test func aListingReadToItsEndWasReadUpToItsBeginning() {
    let next = FeedCursor(highWater: stamp).following(.start, begun: begun, hasMore: false)
    #expect(next == FeedCursor(highWater: begun))
  }

  @Test func aNewerStampWins() {
    let late = begun.advanced(seconds: 60)
    let next = FeedCursor(highWater: late).following(.start, begun: begun, hasMore: false)
    #expect(next.highWater == late)
  }

  @Test func theFirstPageTellsWhenItBegan() {
    let first = FeedCursor(position: "2", reached: stamp).following(
      .start, begun: begun, hasMore: true)
    #expect(first.begun == begun && first.highWater == nil)
    let last = FeedCursor(highWater: stamp).following(
      first, begun: begun.advanced(seconds: 3600), hasMore: false)
    #expect(last == FeedCursor(highWater: begun))
  }

  @Test func aListingWhoseBeginningIsUnknownMovesByItsStampsAlone() {
    let midway = FeedCursor(position: "2", reached: stamp)
    let next = FeedCursor(highWater: stamp).following(midway, begun: begun, hasMore: false)
    #expect(next.highWater == stamp)
    let silent = FeedCursor(highWater: stamp).following(.start, begun: nil, hasMore: false)
    #expect(silent.highWater == stamp)
  }
}
