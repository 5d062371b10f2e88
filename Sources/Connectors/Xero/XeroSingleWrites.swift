package import Domain
internal import Foundation
package import Transport

extension XeroConnector {
  package func emailInvoice(_ write: KeyedWrite<ID<Invoice>>) async -> WriteOutcome<Bool> {
    await single(
      write.key, ["Invoices", write.content.rawValue, "Email"], Data("{}".utf8),
      label: "invoices.email", fallback: .emailRefused)
  }

  package func onlineURL(of invoice: ID<Invoice>) async throws(RemoteError) -> String {
    let tenant = try await session.current()
    let url = try api.endpoint("Invoices", invoice.rawValue, "OnlineInvoice")
    do {
      let response = try await client.call(
        .read(
          url, headers: Self.headers(tenant), priority: .background, label: "invoices.online"))
      let answer = try? JSONReading.decode(XeroOnlineInvoices.self, from: response.body)
      // It is written to a deal and clicked on: nothing but a secured page will do.
      return answer?.pages.first { $0.hasPrefix("https://") } ?? ""
    } catch {
      if case .refused = error { return "" }
      throw await session.explained(error)
    }
  }

  /// Deletes the template; invoices it has made stay.
  package func endTemplate(_ write: KeyedWrite<ID<InvoiceTemplate>>) async -> WriteOutcome<Bool> {
    let body = OutgoingJSON.fields([
      ("RepeatingInvoiceID", .text(write.content.rawValue)), ("Status", .text("DELETED")),
    ])
    return await single(
      write.key, ["RepeatingInvoices", write.content.rawValue], body.data,
      label: "templates.end", fallback: .refused)
  }

  /// A POST about one record, whose answer holds nothing of interest.
  private func single(
    _ key: String, _ path: [String], _ body: Data, label: String, fallback: HoldCode
  ) async -> WriteOutcome<Bool> {
    do {
      let tenant = try await session.current()
      var url = api
      for segment in path { url = try url.endpoint(segment) }
      _ = try await client.call(
        self.write(.post, url, body, [key], tenant, .money, label, expects: .any))
      return .applied(true)
    } catch {
      switch await session.explained(error) {
      case .outcomeUnknown(let reason), .unreadable(let reason):
        return .unknown(reason: reason)
      case .refused(let refusal):
        let words = (try? JSONReading.decode(XeroRefusalBody.self, from: refusal.body))?.words
        let shown = [words, refusal.message].compactMap { $0 }.first { !$0.isEmpty }
        return .refused(
          XeroRefusals.refusal([shown ?? "\(refusal)"], fallback: fallback))
      case let other: return .notSent(reason: "\(other)")
      }
    }
  }
}

/// The answer that names the customer's page of an invoice.
struct XeroOnlineInvoices: Decodable {
  let pages: [String]

  init(from decoder: any Decoder) throws {
    pages = try XeroFields(decoder).list("OnlineInvoices", of: Page.self).map(\.url)
  }

  private struct Page: Decodable {
    let url: String

    init(from decoder: any Decoder) throws {
      url = try XeroFields(decoder).text("OnlineInvoiceUrl")
    }
  }
}
