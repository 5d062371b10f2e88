import Domain
import Foundation
import Reconciler
import Testing

/// Random deals through the whole planner, against arithmetic in whole numbers written from the
/// vendor's formula alone.
@Suite struct RandomDealsTests {
  private static let percents = [0, 500, 550, 725, 1000, 1250, 1500, 2000]
  /// 100,000 deals in all; XEROSYNC_DEALS asks for fewer or more.
  private static let dealsOfASeed =
    (ProcessInfo.processInfo.environment["XEROSYNC_DEALS"].flatMap(Int.init) ?? 100_000) / 20

  /// One deal line in whole numbers: ten-thousandths of quantity and price, hundredths of a per
  /// cent or cents of discount.
  private struct Line {
    var quantity, price, percentOff, moneyOff: Int
  }

  @Test(arguments: Array(UInt64(1)...20))
  func notOneCentOfDifference(seed: UInt64) throws {
    var random = Seeded(seed: seed)
    let worlds = LineAmounts.allCases.flatMap { rule in
      Self.percents.map { Self.world(rule, $0) }
    }
    for round in 1...Self.dealsOfASeed {
      let lines = (0..<random.int(1...4)).map { _ in Self.line(&random) }
      let off = Self.dealDiscount(&random)
      let world = random.pick(worlds)
      let plan = world.plan(Self.deal(lines, off))
      let isRight: Bool
      switch (Self.net(lines, off), plan.invoiceDrafts.first) {
      case (nil, nil): isRight = plan.codes == [.badLine]
      case (nil, _?): isRight = false
      // A cent of tax may turn a total of nothing.
      case (let net?, nil): isRight = net < 4 && plan.codes == [.totalNegative]
      case (let net?, let draft?): isRight = Self.agrees(draft, net: net)
      }
      guard isRight else {
        Issue.record("seed \(seed), round \(round): \(lines) less \(off): \(plan)")
        return
      }
    }
  }

  private static func world(_ rule: LineAmounts, _ percent: Int) -> World {
    var world = World()
    world.policy.invoices.lineAmounts = rule
    world.policy.invoices.tax = Sourced("T\(percent)")
    var rate = World.rate("T\(percent)", "", "0")
    rate.effectivePercent = ExactDecimal(significand: Int128(percent), scale: 2)
    world.facts.ledger.taxRates = [rate]
    return world
  }

  private static func line(_ random: inout Seeded) -> Line {
    var line = Line(
      quantity: random.int(1...400_000), price: random.int(0...9_999_999), percentOff: 0,
      moneyOff: 0)
    switch random.int(0...5) {
    case 0: line.quantity = -line.quantity
    case 1: line.percentOff = random.int(0...10_000)
    case 2: line.moneyOff = random.int(0...max(0, line.quantity * line.price / 1_000_000))
    default: line.quantity = random.int(1...40) * 10_000
    }
    return line
  }

  /// Hundredths of a per cent, or cents; nil for none.
  private enum Off { case none, percent(Int), cents(Int) }

  private static func dealDiscount(_ random: inout Seeded) -> Off {
    switch random.int(0...5) {
    case 0: .percent(random.int(0...10_000))
    case 1: .cents(random.int(0...200_000))
    default: .none
    }
  }

  private static func deal(_ lines: [Line], _ off: Off) -> DealFacts {
    var made: [DealLine] = []
    for (index, line) in lines.enumerated() {
      var deal = DealLine(id: "\(index)", name: "line")
      deal.quantity = ExactDecimal(significand: Int128(line.quantity), scale: 4)
      deal.unitPrice = ExactDecimal(significand: Int128(line.price), scale: 4)
      if line.percentOff > 0 {
        deal.discount = .percent(ExactDecimal(significand: Int128(line.percentOff), scale: 2))
      } else if line.moneyOff > 0 {
        deal.discount = .amount(ExactDecimal(significand: Int128(line.moneyOff), scale: 2))
      }
      made.append(deal)
    }
    var facts = wonDeal(lines: made)
    switch off {
    case .none: break
    case .percent(let value):
      facts.deal.discount = .percent(ExactDecimal(significand: Int128(value), scale: 2))
    case .cents(let value):
      facts.deal.discount = .amount(ExactDecimal(significand: Int128(value), scale: 2))
    }
    return facts
  }

  /// What the deal comes to in cents before tax is added or taken out; nil where its discount is
  /// more than its lines.
  private static func net(_ lines: [Line], _ off: Off) -> Int128? {
    var sum: Int128 = 0
    var hasRoom = false
    for line in lines {
      let gross = Int128(line.quantity) * Int128(line.price)
      let amount = Oracle.halfAway(
        gross * Int128(10_000 - line.percentOff) - Int128(line.moneyOff) * 10_000_000_000,
        10_000_000_000)
      sum += amount
      hasRoom = hasRoom || amount > 0
    }
    let less: Int128 =
      switch off {
      case .none: 0
      case .percent(let value): Oracle.halfAway(sum * Int128(value), 10_000)
      case .cents(let value): Int128(value)
      }
    if less == 0 { return sum }
    return less <= sum && hasRoom ? sum - less : nil
  }

  /// Whether the lines that are sent come to `net`, and the vendor's formula on them to exactly
  /// the figures the answer is compared with.
  private static func agrees(_ draft: InvoiceDraft, net: Int128) -> Bool {
    var sum: Int128 = 0
    var taxes: Int128 = 0
    for (index, line) in draft.lines.enumerated() {
      guard let amount = cents(line), amount == Int128(draft.expected.lineAmounts[index].minorUnits)
      else { return false }
      sum += amount
      let rate =
        draft.lineAmounts == .noTax
        ? 0 : Int128(line.taxCode.flatMap { Int($0.dropFirst()) } ?? -1)
      guard rate >= 0 else { return false }
      let base: Int128 = draft.lineAmounts == .inclusive ? 10_000 + rate : 10_000
      let tax = Oracle.halfAway(amount * rate, base)
      guard tax == Int128(draft.expected.lineTaxes[index].minorUnits) else { return false }
      taxes += tax
    }
    let isInclusive = draft.lineAmounts == .inclusive
    return sum == net && Int128(draft.expected.totalTax.minorUnits) == taxes
      && Int128(draft.expected.subtotal.minorUnits) == (isInclusive ? sum - taxes : sum)
      && Int128(draft.expected.total.minorUnits) == (isInclusive ? sum : sum + taxes)
  }

  /// A line as it is sent, in cents; nil where it could not be sent as it is.
  private static func cents(_ line: DraftLine) -> Int128? {
    guard let quantity = units(line.quantity, 4), let price = units(line.unitPrice, 4) else {
      return nil
    }
    guard let percent = units(line.discountPercent ?? .zero, 2),
      let money = units(line.discountAmount ?? .zero, 2), percent == 0 || money == 0
    else { return nil }
    return Oracle.halfAway(
      quantity * price * (10_000 - percent) - money * 10_000_000_000, 10_000_000_000)
  }

  /// The value in units of `digits` decimals; nil where it has more.
  private static func units(_ value: ExactDecimal?, _ digits: Int) -> Int128? {
    guard let value else { return nil }
    let rounded = value.rounded(digits)
    guard rounded == value else { return nil }
    return rounded.significand * ExactDecimal.power(digits - rounded.scale)
  }
}
