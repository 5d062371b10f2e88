import Connectors
import Domain
import Foundation
import Testing
import Transport

/// How answers are judged.
@Suite("QuickBooks write outcomes")
struct QuickBooksJudgeTests {
  private static func saved(_ id: Int, url: String = XeroDrafts.page) -> String {
    #""Invoice":{"Id":"\#(id)","SyncToken":"0","CustomerRef":{"value":"7"},"#
      + #""TxnDate":"2026-11-22","CurrencyRef":{"value":"NZD"},"TotalAmt":115.00,"#
      + #""Balance":115.00,"PrivateNote":"xerosync: \#(url)"}"#
  }

  private static func fault(
    _ code: String, _ detail: String, type: String = "ValidationFault"
  ) -> String {
    #""Fault":{"Error":[{"Message":"m","Detail":"\#(detail)","code":"\#(code)"}],"#
      + #""type":"\#(type)"}"#
  }

  private static func create(_ count: Int, _ answer: FakeXero.Answer) async throws -> [String] {
    let fake = QuickBooksBench.scripted { _ in answer }
    let draft = try QuickBooksBench.draft(ID("7"))
    let writes = (0..<count).map { KeyedWrite(key: "op_\($0)", content: draft) }
    return await (try QuickBooksBench.connector(fake)).createInvoices(writes).map(kind)
  }

  @Test func eachElementIsJudgedAlone() async throws {
    let elements = [
      Self.saved(1), Self.fault("6210", "closed"), Self.fault("6140", "taken"),
      Self.fault("6070", "Amount is not equal to UnitPrice * Qty"),
      Self.fault("2500", "Items element id 9 not found"),
      Self.fault("610", "The customer is inactive"),
      Self.fault("6000", "The currency of the transaction is not the currency of the customer"),
      Self.fault("6000", "Make sure all your transactions have a GST rate"),
      Self.fault("9999", "something else"), Self.fault("10000", "broken", type: "SystemFault"),
      Self.fault("003001", "Throttled"), Self.saved(12, url: "https://elsewhere.example/1"),
      #""Invoice":{"Id":"13","TotalAmt":"many"}"#,
    ]
    let body = elements.enumerated().map { #"{"bId":"\#($0)",\#($1)}"# }.reversed()
      .joined(separator: ",")
    let outcomes = try await Self.create(
      elements.count + 1, FakeXero.json(#"{"BatchItemResponse":[\#(body)]}"#))
    #expect(
      outcomes == [
        "applied", "period_locked", "number_taken", "bad_line", "item_unknown",
        "contact_archived", "currency_not_enabled", "tax_code_unknown", "refused", "unknown",
        "not sent", "unknown", "unknown", "unknown",
      ])
  }

  @Test(
    arguments: [
      ("cut off", FakeXero.json(#"{"BatchItemResponse":[{"#), "unknown"),
      ("HTML", .success(.init(status: 200, headers: ["Content-Type": "text/html"])), "unknown"),
      ("reset", .failure(.interrupted("reset")), "unknown"),
      ("500", FakeXero.json("{}", status: 500), "unknown"),
      ("refused connection", .failure(.notSent("refused")), "not sent"),
      ("429", FakeXero.json("{}", status: 429), "not sent"),
      ("403", FakeXero.json("{}", status: 403), "not sent"),
      ("400", FakeXero.json("{}", status: 400), "refused"),
      (
        "a fault with HTTP 200",
        FakeXero.json(
          #"{"Fault":{"Error":[{"Message":"m","Detail":"d","code":"6210"}],"type":"x"}}"#),
        "period_locked"
      ),
      (
        "the subscription",
        FakeXero.json(
          #"{"Fault":{"Error":[{"Message":"m","Detail":"d","code":"6190"}],"type":"x"}}"#,
          status: 400), "not sent"
      ),
    ] as [(String, FakeXero.Answer, String)])
  func wholeAnswers(_ name: String, _ answer: FakeXero.Answer, _ expected: String) async throws {
    #expect(try await Self.create(1, answer) == [expected], "\(name)")
  }

  @Test func aThrottleIsAMinutesRest() async throws {
    let fake = FakeXero { request in
      FakeXero.json(#"{"Fault":{"Error":[{"code":"003001"}],"type":"x"}}"#, status: 429)
    }
    let connector = try QuickBooksBench.connector(fake)
    do {
      _ = try await connector.page(
        .contacts, from: FeedCursor(highWater: Instant(milliseconds: XeroBench.now)))
      Issue.record("it went through")
    } catch {
      guard case .rateLimited(let limit) = error else {
        Issue.record("\(error)")
        return
      }
      #expect(limit.retryAfter == .seconds(60))
    }
  }

  @Test func aLostRightToTheCompanyIsNotCuredByATokenOrTold() async throws {
    let fake = FakeXero(
      json: #"{"fault":{"error":[{"message":"m","detail":"d","code":"120"}],"type":"X"}}"#,
      status: 401)
    let connector = try QuickBooksBench.connector(fake)
    do {
      _ = try await connector.page(.contacts, from: .start)
      Issue.record("it went through")
    } catch {
      guard case .signInNeeded(let reason) = error else {
        Issue.record("\(error)")
        return
      }
      #expect(reason.contains("auth login quickbooks") && !reason.contains("canary"))
    }
    #expect(fake.requests.count == 1)
  }
}
