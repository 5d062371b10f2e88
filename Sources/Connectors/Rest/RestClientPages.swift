import Domain
import Foundation
import Transport

/// Where the next page is.
enum RestNext: Hashable, Sendable {
  case last
  /// Page number, offset or cursor, to be sent with the same request.
  case place(String)
  case address(URL)
}

/// One page of a list.
struct RestPage: Sendable {
  var records: [RestValue]
  /// How many the answer held before some were chosen.
  var count = 0
  var next: RestNext
  /// Of the last page of a delta listing: where the changes from now on are.
  var deltaLink: String?
  /// Records in the whole list, where the answer tells.
  var total: Int?
}

extension RestConnector {
  /// One page. `place` nil: the first.
  func page(
    _ list: RestList, _ scope: RestScope, at place: RestNext?, counted: Int, _ errand: RestErrand
  ) async throws(RemoteError) -> RestPage {
    var scope = scope
    var address: URL?
    var text: String?
    switch place {
    case .place(let word): text = word
    case .address(let url): address = url
    case .last, nil: break
    }
    let paging = list.paging
    scope.values["size"] = paging.size.map { .number(ExactDecimal($0)) }
    paging.fill(&scope, text)
    let isFirst = text == nil && address == nil
    let request = isFirst ? list.request : paging.next ?? list.request
    let answer = try await send(request, scope, errand, at: address)
    let records = try list.records(of: answer.value, scope, errand.label)
    var page = RestPage(records: records, next: .last)
    page.total = paging.total?.values(in: answer.value, scope).first?.number.flatMap {
      Int($0.rounded(0).plain)
    }
    let path = list.records.first { $0.leadsSomewhere(in: answer.value, scope) }
    let count = max(records.count, path?.count(in: answer.value, scope) ?? 0)
    page.count = count
    page.next = try paging.next(
      after: answer, records: count, counted: counted + count, at: text, scope, errand.label)
    if case .delta(let paths) = list.changed.strategy {
      page.deltaLink =
        paths.lazy.compactMap { $0.values(in: answer.value, scope).first?.plain }.first
    }
    return page
  }

  /// All records of a list, page by page; a list that never ends is an error.
  func all(
    _ list: RestList, _ scope: RestScope, _ errand: RestErrand
  ) async throws(RemoteError) -> [RestValue] {
    var records: [RestValue] = []
    var place: RestNext?
    var before: Int?
    var counted = 0
    for _ in 0..<description.limits.pages {
      let page = try await page(list, scope, at: place, counted: counted, errand)
      let digest = page.records.hashValue
      if !page.records.isEmpty, digest == before {
        throw .unreadable(reason: Self.repeats(errand.label))
      }
      before = digest
      records += page.records
      counted += page.count
      if page.next == .last { return records }
      place = page.next
    }
    throw .unreadable(reason: Self.endless(errand.label, description.limits.pages))
  }

  static func repeats(_ label: String) -> String {
    "\(label): a page holds the same records as the one before, so the paging does not take effect;"
      + " check paging and where its placeholder goes"
  }

  static func endless(_ label: String, _ pages: Int) -> String {
    "\(label): more than \(pages) pages; check paging, or raise limits.pages"
  }
}

extension RestList {
  /// The records of an answer; a path that leads nowhere is an error, not an empty list.
  func records(
    of value: RestValue, _ scope: RestScope, _ label: String
  ) throws(RemoteError) -> [RestValue] {
    guard let path = records.first(where: { $0.leadsSomewhere(in: value, scope) }) else {
      if isOptional || value == .null { return [] }
      let wanted = records.map { "“\($0.text)”" }.joined(separator: " or ")
      throw .unreadable(
        reason: "\(label): the path \(wanted) leads nowhere in the answer; \(value.keys)")
    }
    var found: [RestValue] = []
    for value in path.values(in: value, scope) {
      switch value {
      case .list(let list): found += list
      case .object: found.append(value)
      case .null: break
      case .flag, .number, .text:
        throw .unreadable(
          reason: "\(label): the path “\(path.text)” leads to \(value.kind), not to records")
      }
    }
    return found
  }
}

extension RestPaging {
  /// Puts page number, offset or cursor where templates find them.
  func fill(_ scope: inout RestScope, _ text: String?) {
    switch kind {
    case .none, .nextURL, .linkHeader: break
    case .page(let first):
      scope.values["page"] = .number(ExactDecimal(text.flatMap { Int($0) } ?? first))
    case .offset: scope.values["offset"] = .number(ExactDecimal(text.flatMap { Int($0) } ?? 0))
    case .cursor(_, let start), .cursorHeader(_, let start):
      scope.values["cursor"] = (text ?? start).map { .text($0) }
    }
  }

  /// Where the page after this one is.
  func next(
    after answer: RestAnswer, records: Int, counted: Int, at place: String?, _ scope: RestScope,
    _ label: String
  ) throws(RemoteError) -> RestNext {
    if let more, !more.holds(for: answer.value, scope) { return .last }
    switch kind {
    case .none: return .last
    case .page(let first):
      let page = place.flatMap { Int($0) } ?? first
      let pages = pages?.values(in: answer.value, scope).first?.number
      if let pages, ExactDecimal(page - first + 1) >= pages { return .last }
      return isShort(answer, records, counted, scope, tells: pages != nil)
        ? .last : .place(String(page + 1))
    case .offset:
      let offset = place.flatMap { Int($0) } ?? 0
      return isShort(answer, records, counted, scope, tells: false)
        ? .last : .place(String(offset + records))
    case .cursor(let paths, _):
      let found = paths.lazy.compactMap { $0.values(in: answer.value, scope).first?.plain }.first
      return try Self.cursor(found, place, label)
    case .cursorHeader(let header, _): return try Self.cursor(answer.headers[header], place, label)
    case .nextURL(let paths):
      let found = paths.lazy.compactMap { $0.values(in: answer.value, scope).first?.plain }.first
      return try Self.address(found, answer, label)
    case .linkHeader:
      return try Self.address(answer.headers["Link"].flatMap(Self.nextLink), answer, label)
    }
  }

  /// Whether this was the last page, by what is known of sizes and totals.
  private func isShort(
    _ answer: RestAnswer, _ records: Int, _ counted: Int, _ scope: RestScope, tells: Bool
  ) -> Bool {
    if records == 0 { return true }
    if let total = total?.values(in: answer.value, scope).first?.number {
      return ExactDecimal(counted) >= total
    }
    // Where the answer tells of more, a short page says nothing.
    if more != nil || tells { return false }
    return size.map { records < $0 } ?? false
  }

  private static func cursor(
    _ found: String?, _ place: String?, _ label: String
  ) throws(RemoteError) -> RestNext {
    guard let found, !found.isEmpty else { return .last }
    guard found != place else {
      throw .unreadable(
        reason: "\(label): the answer names the cursor it was asked with, which would never end;"
          + " check paging.path and where {{cursor}} goes")
    }
    return .place(found)
  }

  private static func address(
    _ found: String?, _ answer: RestAnswer, _ label: String
  ) throws(RemoteError) -> RestNext {
    guard let found, !found.isEmpty else { return .last }
    guard let url = URL(string: found, relativeTo: answer.url)?.absoluteURL else {
      throw .unreadable(reason: "\(label): the next page has no usable address")
    }
    guard url != answer.url else {
      throw .unreadable(reason: "\(label): the next page is the page itself, which would never end")
    }
    return .address(url)
  }

  /// The address of `rel="next"` in a Link header; addresses may hold commas.
  static func nextLink(_ header: String) -> String? {
    var rest = header[...]
    while let open = rest.firstIndex(of: "<"), let close = rest[open...].firstIndex(of: ">") {
      let after = rest[rest.index(after: close)...]
      let end = after.firstIndex(of: "<") ?? after.endIndex
      let words = after[..<end].lowercased()
      if words.contains("rel=\"next\"") || words.contains("rel=next") {
        return String(rest[rest.index(after: open)..<close])
      }
      rest = after[end...]
    }
    return nil
  }
}
